using EcgIntegration.Persistence.Search;
using static EcgIntegration.Persistence.Search.SearchModifier;
using static EcgIntegration.Persistence.Tests.Search.Searches;

namespace EcgIntegration.Persistence.Tests.Search;

public sealed class NameTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private const string Taro =
        """
        "name": [
          {"family": "山田", "given": ["太郎"], "text": "山田　太郎"},
          {"family": "ヤマダ", "given": ["タロウ"]},
          {"family": "Yamada", "given": ["Tarō", "José"]}]
        """;

    private const string TextAlone = "\"name\": [{\"text\": \"山田　花子 マリア\"}]";

    private const string HalfWidth = "\"name\": [{\"text\": \"ｶﾞﾄｳ ﾊﾟﾃｨ\"}]";

    public static TheoryData<string, SearchModifier, string, bool> Cases => new()
    {
        { Taro, None, "山田", true },
        { Taro, None, "山", true },
        { Taro, None, "田", false },
        { Taro, None, "太郎", true },
        { Taro, None, "山田太郎", true },
        { Taro, None, "山田 太", true },
        { Taro, None, "太郎山田", true },
        { Taro, None, "やまだ", true },
        { Taro, None, "ヤマダ", true },
        { Taro, None, "ﾔﾏﾀﾞ", true },
        { Taro, None, "ﾔﾏﾀﾞ ﾀﾛｳ", true },
        { Taro, None, "やまだたろう", true },
        { Taro, None, "ヤマタ", false },
        { Taro, None, "YAMADA", true },
        { Taro, None, "ｙａｍａｄａ", true },
        { Taro, None, "taro", true },
        { Taro, None, "jose", true },
        { Taro, None, "　", false },
        { Taro, None, "%", false },
        { Taro, None, "ya_ada", false },
        { TextAlone, None, "山田", true },
        { TextAlone, None, "花子", true },
        { TextAlone, None, "花子マリア", true },
        { TextAlone, None, "マリア", true },
        { TextAlone, None, "子", false },
        { TextAlone, Exact, "花子", false },
        { Taro, Contains, "田太", true },
        { Taro, Contains, "まだ", true },
        { Taro, Contains, "ﾀﾞ", true },
        { Taro, Contains, "ヤマタ", false },
        { Taro, Contains, "%", false },
        { Taro, Exact, "ヤマダ", true },
        { Taro, Exact, "ﾔﾏﾀﾞ", false },
        { Taro, Exact, "やまだ", false },
        { Taro, Exact, "Yamada", true },
        { Taro, Exact, "yamada", false },
        { Taro, Exact, "Tarō", true },
        { Taro, Exact, "Taro", false },
        { Taro, Exact, "山田　太郎", true },
        { Taro, Exact, "山田 太郎", false },
        { Taro, Exact, "山田太郎", false },
        { Taro, Exact, "山", false },
        { HalfWidth, None, "ガトウ", true },
        { HalfWidth, None, "がとうぱてぃ", true },
        { HalfWidth, None, "カトウ", false },
        { HalfWidth, Exact, "ｶﾞﾄｳ ﾊﾟﾃｨ", true },
        { HalfWidth, Exact, "ガトウ パティ", false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Names_find_each_other_across_scripts(string members, SearchModifier modifier, string text, bool found)
    {
        var id = await database.StoreAsync("Patient", members);
        var criterion = Where("Patient", "name", modifier, new TextValue(text));
        Assert.Equal(found, await database.HoldsAsync("Patient", id, criterion));
        Assert.Equal(found, (await database.FindAsync("Patient", [criterion])).Contains(id));
    }

    [Fact]
    public async Task A_new_name_takes_the_place_of_the_old_one()
    {
        var id = await database.StoreAsync("Patient", "\"name\": [{\"family\": \"旧姓一\"}]");
        await database.StoreAsync("Patient", "\"name\": [{\"family\": \"新姓一\"}]", id);
        Assert.Empty(await database.FindAsync("Patient", [Where("Patient", "name", new TextValue("旧姓一"))]));
        Assert.Equal([id], await database.FindAsync("Patient", [Where("Patient", "name", new TextValue("新姓一"))]));
        await database.DeleteAsync("Patient", id);
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM resource_text WHERE id = $1", id));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public async Task Patients_come_by_the_reading_of_their_names_and_those_without_a_name_last(int limit)
    {
        var mark = Ecgs.NewId();
        var ids = new List<string>();
        foreach (var names in new[]
        {
            """[{"family": "安藤", "given": ["一"]}, {"family": "アンドウ", "given": ["ハジメ"]}]""",
            """[{"text": "いとう はな"}]""",
            """[{"family": "ｶﾄｳ", "given": ["ｱｲ"]}]""",
            """[{"family": "加藤", "given": ["葵"]}, {"family": "カトウ", "given": ["アオイ"]}]""",
            """[{"family": "ガトウ", "given": [null, "ケン"]}]""",
            """[{"family": "渡辺"}]""",
            """[{"use": "official"}]""",
        })
        {
            ids.Add(await database.StoreAsync("Patient", $$""" "identifier": [{"value": "{{mark}}"}], "name": {{names}} """));
        }

        ids.Add(await database.StoreAsync("Patient", $$""" "identifier": [{"value": "{{mark}}"}] """));
        SearchCriterion[] these = [Where("Patient", "identifier", Token(mark))];
        string[] nameless = [.. ids[6..].Order(StringComparer.Ordinal)];
        string[] named = [.. ids[..6]];

        Assert.Equal([.. named, .. nameless], await database.FindAsync("Patient", these, limit, By("Patient", "name")));
        Assert.Equal([.. named.Reverse(), .. nameless.Reverse()], await database.FindAsync("Patient", these, limit, By("Patient", "name", descending: true)));
        Assert.Equal([.. named, .. nameless], (await database.FindAsync("Patient", [], limit, By("Patient", "name"))).Where(ids.Contains));
    }

}
