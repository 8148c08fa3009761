using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Mnemo.Vectors;

/// <summary>
/// Loops over vectors. Unlike a general library they never depend on the alignment of the memory, so that equal
/// vectors get equal scores wherever they lie, and ties stay ties.
/// </summary>
internal static class Kernels
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(ref float a, ref float b, int length) => Sum<Product>(ref a, ref b, length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SquaredDistance(ref float a, ref float b, int length) => Sum<Difference>(ref a, ref b, length);

    /// <summary>The sum of products of a code and a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot(ref sbyte a, ref float b, int length)
    {
        nuint i = 0, n = (nuint)length;
        var sum = 0f;
        Vector128<float> s0 = default, s1 = default, s2 = default, s3 = default;
        if (Avx512F.IsSupported)
        {
            Vector512<float> t0 = default, t1 = default;
            for (; i + 32 <= n; i += 32)
            {
                t0 = Vector512.MultiplyAddEstimate(Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Vector128.LoadUnsafe(ref a, i))), Vector512.LoadUnsafe(ref b, i), t0);
                t1 = Vector512.MultiplyAddEstimate(Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Vector128.LoadUnsafe(ref a, i + 16))), Vector512.LoadUnsafe(ref b, i + 16), t1);
            }

            sum = Vector512.Sum(t0 + t1);
        }

        for (; i + 16 <= n; i += 16)
        {
            var (low, high) = Vector128.Widen(Vector128.LoadUnsafe(ref a, i));
            var ((a0, a1), (a2, a3)) = (Vector128.Widen(low), Vector128.Widen(high));
            s0 = Vector128.MultiplyAddEstimate(Vector128.ConvertToSingle(a0), Vector128.LoadUnsafe(ref b, i), s0);
            s1 = Vector128.MultiplyAddEstimate(Vector128.ConvertToSingle(a1), Vector128.LoadUnsafe(ref b, i + 4), s1);
            s2 = Vector128.MultiplyAddEstimate(Vector128.ConvertToSingle(a2), Vector128.LoadUnsafe(ref b, i + 8), s2);
            s3 = Vector128.MultiplyAddEstimate(Vector128.ConvertToSingle(a3), Vector128.LoadUnsafe(ref b, i + 12), s3);
        }

        sum += Vector128.Sum(s0 + s1 + (s2 + s3));
        for (; i < n; i++) sum += Unsafe.Add(ref a, i) * Unsafe.Add(ref b, i);
        return sum;
    }

    /// <summary>The largest number of a vector, signs left out; not a number if one of them is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Largest(ref float a, int length)
    {
        nuint i = 0, n = (nuint)length;
        Vector256<float> most = default;
        for (; i + 8 <= n; i += 8) most = Vector256.Max(most, Vector256.Abs(Vector256.LoadUnsafe(ref a, i)));
        var largest = 0f;
        for (var lane = 0; lane < Vector256<float>.Count; lane++) largest = MathF.Max(largest, most[lane]);
        for (; i < n; i++) largest = MathF.Max(largest, MathF.Abs(Unsafe.Add(ref a, i)));
        return largest;
    }

    /// <summary>Writes the nearest whole number of every scaled one, and returns the sum of the squares of the differences.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Encode(ref float a, float scale, ref sbyte codes, int length)
    {
        nuint i = 0, n = (nuint)length;
        Vector256<float> squares = default;
        for (; i + 32 <= n; i += 32)
        {
            var c0 = Rounded(ref a, i, scale, ref squares);
            var c1 = Rounded(ref a, i + 8, scale, ref squares);
            var c2 = Rounded(ref a, i + 16, scale, ref squares);
            var c3 = Rounded(ref a, i + 24, scale, ref squares);
            Vector256.Narrow(Vector256.Narrow(c0, c1), Vector256.Narrow(c2, c3)).StoreUnsafe(ref codes, i);
        }

        var sum = Vector256.Sum(squares);
        for (; i < n; i++)
        {
            var scaled = Unsafe.Add(ref a, i) * scale;
            var rounded = MathF.Round(scaled);
            Unsafe.Add(ref codes, i) = (sbyte)rounded;
            sum += (scaled - rounded) * (scaled - rounded);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Rounded(ref float a, nuint i, float scale, ref Vector256<float> squares)
    {
        var scaled = Vector256.LoadUnsafe(ref a, i) * scale;
        var rounded = Vector256.Round(scaled);
        squares = Vector256.MultiplyAddEstimate(scaled - rounded, scaled - rounded, squares);
        return Vector256.ConvertToInt32(rounded);
    }

    // Optimised at once: a bot that answers a few questions a minute would run the slow first version for a long time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum<TStep>(ref float a, ref float b, int length)
        where TStep : struct, IStep
    {
        nuint i = 0, n = (nuint)length;
        var sum = 0f;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
            for (; i + 64 <= n; i += 64)
            {
                s0 = TStep.Add(s0, Vector512.LoadUnsafe(ref a, i), Vector512.LoadUnsafe(ref b, i));
                s1 = TStep.Add(s1, Vector512.LoadUnsafe(ref a, i + 16), Vector512.LoadUnsafe(ref b, i + 16));
                s2 = TStep.Add(s2, Vector512.LoadUnsafe(ref a, i + 32), Vector512.LoadUnsafe(ref b, i + 32));
                s3 = TStep.Add(s3, Vector512.LoadUnsafe(ref a, i + 48), Vector512.LoadUnsafe(ref b, i + 48));
            }

            for (; i + 16 <= n; i += 16) s0 = TStep.Add(s0, Vector512.LoadUnsafe(ref a, i), Vector512.LoadUnsafe(ref b, i));
            sum = Vector512.Sum(s0 + s1 + (s2 + s3));
        }
        else
        {
            Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
            for (; i + 32 <= n; i += 32)
            {
                s0 = TStep.Add(s0, Vector256.LoadUnsafe(ref a, i), Vector256.LoadUnsafe(ref b, i));
                s1 = TStep.Add(s1, Vector256.LoadUnsafe(ref a, i + 8), Vector256.LoadUnsafe(ref b, i + 8));
                s2 = TStep.Add(s2, Vector256.LoadUnsafe(ref a, i + 16), Vector256.LoadUnsafe(ref b, i + 16));
                s3 = TStep.Add(s3, Vector256.LoadUnsafe(ref a, i + 24), Vector256.LoadUnsafe(ref b, i + 24));
            }

            for (; i + 8 <= n; i += 8) s0 = TStep.Add(s0, Vector256.LoadUnsafe(ref a, i), Vector256.LoadUnsafe(ref b, i));
            sum = Vector256.Sum(s0 + s1 + (s2 + s3));
        }

        for (; i < n; i++) sum = TStep.Add(sum, Unsafe.Add(ref a, i), Unsafe.Add(ref b, i));
        return sum;
    }

    private interface IStep
    {
        static abstract Vector512<float> Add(Vector512<float> sum, Vector512<float> a, Vector512<float> b);

        static abstract Vector256<float> Add(Vector256<float> sum, Vector256<float> a, Vector256<float> b);

        static abstract float Add(float sum, float a, float b);
    }

    private readonly struct Product : IStep
    {
        public static Vector512<float> Add(Vector512<float> sum, Vector512<float> a, Vector512<float> b) => Vector512.MultiplyAddEstimate(a, b, sum);

        public static Vector256<float> Add(Vector256<float> sum, Vector256<float> a, Vector256<float> b) => Vector256.MultiplyAddEstimate(a, b, sum);

        public static float Add(float sum, float a, float b) => float.MultiplyAddEstimate(a, b, sum);
    }

    private readonly struct Difference : IStep
    {
        public static Vector512<float> Add(Vector512<float> sum, Vector512<float> a, Vector512<float> b) => Vector512.MultiplyAddEstimate(a - b, a - b, sum);

        public static Vector256<float> Add(Vector256<float> sum, Vector256<float> a, Vector256<float> b) => Vector256.MultiplyAddEstimate(a - b, a - b, sum);

        public static float Add(float sum, float a, float b) => float.MultiplyAddEstimate(a - b, a - b, sum);
    }
}
