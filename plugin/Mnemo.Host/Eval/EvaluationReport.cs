using System.Globalization;

namespace Mnemo.Host.Eval;

/// <summary>What an evaluation measured.</summary>
/// <param name="Turns">How many turns were remembered.</param>
/// <param name="Questions">How many questions were asked.</param>
/// <param name="Scored">How many of them have evidence; the two averages are over these.</param>
/// <param name="RecallAt10">The mean share of the evidence among the first ten.</param>
/// <param name="NdcgAt10">The mean discounted gain of the first ten.</param>
/// <param name="MedianMs">The median time of a question, end to end.</param>
/// <param name="P95Ms">The time that 95 of 100 questions stay under.</param>
public sealed record EvaluationReport(int Turns, int Questions, int Scored, double RecallAt10, double NdcgAt10, double MedianMs, double P95Ms)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"turns {Turns}  questions {Questions}  scored {Scored}  R@10 {RecallAt10:F4}  nDCG@10 {NdcgAt10:F4}  ms/question p50 {MedianMs:F1} p95 {P95Ms:F1}");

    internal static double Recall(IReadOnlyList<string> retrieved, IReadOnlySet<string> evidence) =>
        retrieved.Take(10).Count(evidence.Contains) / (double)evidence.Count;

    internal static double Ndcg(IReadOnlyList<string> retrieved, IReadOnlySet<string> evidence)
    {
        var gain = retrieved.Take(10).Select((id, place) => evidence.Contains(id) ? Discount(place) : 0).Sum();
        return gain / Enumerable.Range(0, Math.Min(10, evidence.Count)).Sum(Discount);
    }

    internal static double Quantile(IReadOnlyCollection<double> values, double share)
    {
        if (values.Count == 0) return 0;
        return values.Order().ElementAt(Math.Min(values.Count - 1, (int)(values.Count * share)));
    }

    private static double Discount(int place) => 1 / Math.Log2(place + 2);
}
