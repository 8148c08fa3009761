using System.Numerics.Tensors;
using Mnemo.Embedding;
using Mnemo.Text;
using Xunit;

namespace Mnemo.Tests.Text;

public sealed class TokensTests
{
    [Theory]
    [InlineData("caresses ponies cats agreed plastered motoring", "caress poni cat agre plaster motor")]
    [InlineData("relational conditional vietnamization hopefulness electrical revival", "relat condit vietnam hope electr reviv")]
    [InlineData("conflated hopping falling filing happy sky controlling", "conflat hop fall file happi sky control")]
    [InlineData("went children bought", "go child bui")]
    [InlineData("What's my dog's name? I don't know, we'll see", "dog name know see")]
    [InlineData("Ｌｙｏｎ Café naïve", "lyon cafe naiv")]
    [InlineData("我的cat叫", "我 的 我的 cat 叫")]
    [InlineData("Łódź ŸŞÅ \u212Bngstrom 5\u212A Ǆ", "lodz ysa angstrom 5k ǆ")]
    public void Text_becomes_these_terms(string text, string terms) => Assert.Equal(terms, string.Join(' ', Tokens.Of(text)));

    [Theory]
    [InlineData("What is my dog called?", true)]
    [InlineData("what's my dog's name", true)]
    [InlineData("Hi Mnemo! When did I move to Lyon", true)]
    [InlineData("我的猫叫什么？", true)]
    [InlineData("我什么时候搬到里昂", true)]
    [InlineData("我的生日是哪天来着", true)]
    [InlineData("My dog is called Biscuit. What is yours called?", false)]
    [InlineData("When I was young I lived in Lyon.", false)]
    [InlineData("Do it now.", false)]
    [InlineData("我的猫叫团子。", false)]
    [InlineData("我什么时候都可以。", false)]
    [InlineData("hello", false)]
    public void A_question_is_told_by_its_form(string text, bool asks) => Assert.Equal(asks, Questions.IsOnlyQuestions(text));

    [Fact]
    public void Vectors_are_units_and_near_for_near_texts()
    {
        var embedder = new LocalEmbedder();
        var dog = embedder.Embed("My dog is called Biscuit");
        var near = TensorPrimitives.Dot(dog, embedder.Embed("What is my dog called?"));
        var far = TensorPrimitives.Dot(dog, embedder.Embed("The train to Lyon leaves at nine"));

        Assert.Equal(1, TensorPrimitives.Norm(dog), 1e-5);
        Assert.Equal(1, TensorPrimitives.Norm(embedder.Embed("")), 1e-5);
        Assert.True(near > far + 0.2f, $"{near} against {far}");
    }
}
