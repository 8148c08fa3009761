namespace Mnemo.Bench.Vectors;

/// <summary>Random directions: the hardest case for any index that is not exact, and no easier for one that is.</summary>
internal static class UnitVectors
{
    public static float[] Next(Random random, int dimension)
    {
        var vector = new float[dimension];
        var squares = 0d;
        for (var i = 0; i < dimension; i++)
        {
            // The sum of uniform numbers is close enough to a normal distribution for a direction.
            var x = random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f;
            vector[i] = x;
            squares += (double)x * x;
        }

        var inverse = (float)(1 / Math.Sqrt(squares));
        for (var i = 0; i < dimension; i++) vector[i] *= inverse;
        return vector;
    }
}
