using Mnemo.Memories;

namespace Mnemo.Tests.Recall;

/// <summary>Small talk of ten people, made from a seed; nobody in it has a pet or moves house.</summary>
internal static class Crowd
{
    public static readonly string[] People = ["ana", "ben", "carla", "dmitri", "eva", "felix", "grace", "hugo", "iris", "jun"];

    private static readonly string[] Things = ["the train", "my bike", "this recipe", "the game", "our garden", "the new phone", "that song", "the meeting", "my sister's car", "the museum"];
    private static readonly string[] Said = ["I really like", "yesterday I saw", "do you know", "I am tired of", "we talked about", "my brother bought", "I called the shop about", "nobody told me about"];
    private static readonly string[] Ends = ["near the station", "last summer", "in Berlin", "with Tom", "again", "before lunch", "for my birthday", "at school", "in 2021", "because of the rain"];
    private static readonly string[] ZhThings = ["火车", "自行车", "菜谱", "游戏", "花园", "手机", "歌", "会议", "汽车", "博物馆"];
    private static readonly string[] ZhSaid = ["我很喜欢这个", "我昨天看到了", "你知道那个", "我姐姐买了", "我们聊过", "我忘了"];
    private static readonly string[] ZhEnds = ["，在车站旁边", "，去年夏天", "，在柏林", "，和小王一起", "，又来了", "，午饭以前", "，因为下雨"];

    public static List<Memory> Talk(Remembered memory, string channel, int count, bool chinese, int seed)
    {
        var random = new Random(seed);
        string One(string[] from) => from[random.Next(from.Length)];
        return [.. Enumerable.Range(0, count).Select(i => memory.Make(channel, One(People),
            chinese ? $"{One(ZhSaid)}{One(ZhThings)}{One(ZhEnds)}，第{i}次。" : $"{One(Said)} {One(Things)} {One(Ends)}, number {i}.", $"s{i / 50}"))];
    }
}
