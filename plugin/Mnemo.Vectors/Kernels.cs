using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mnemo.Vectors;

/// <summary>
/// Sums over two vectors. Unlike a general library they never depend on the alignment of the memory, so that equal
/// vectors get equal scores wherever they lie, and ties stay ties.
/// </summary>
internal static class Kernels
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(ref float a, ref float b, int length) => Sum<Product>(ref a, ref b, length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SquaredDistance(ref float a, ref float b, int length) => Sum<Difference>(ref a, ref b, length);

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
