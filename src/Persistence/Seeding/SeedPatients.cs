using System.Globalization;
using System.Text;
using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Persistence.Seeding;

/// <summary>Invented patients, in the form of JP Core: a name in kanji and one in kana.</summary>
internal static class SeedPatients
{
    private static readonly (string Kanji, string Kana)[] Families =
    [
        ("見本", "ミホン"), ("試験", "シケン"), ("架空", "カクウ"), ("例示", "レイジ"), ("仮名", "カメイ"), ("模擬", "モギ"), ("雛形", "ヒナガタ"),
    ];

    private static readonly (string Kanji, string Kana)[] Givens =
    [
        ("一郎", "イチロウ"), ("花子", "ハナコ"), ("次郎", "ジロウ"), ("春子", "ハルコ"), ("三郎", "サブロウ"), ("夏子", "ナツコ"),
        ("四郎", "シロウ"), ("秋子", "アキコ"), ("五郎", "ゴロウ"), ("冬子", "フユコ"), ("六郎", "ロクロウ"),
    ];

    public static PreparedResource Create(int patient)
    {
        var (family, familyKana) = Families[patient % Families.Length];
        var (given, givenKana) = Givens[patient % Givens.Length];
        var born = new DateOnly(1930, 1, 1).AddDays(patient * 37 % 25_000);
        var json = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"resourceType": "Patient", "identifier": [{"system": "urn:ecg-integration:seed-patient", "value": "{{patient:0000000}}"}],
             "name": [{{Name("IDE", family, given)}}, {{Name("SYL", familyKana, givenKana)}}],
             "gender": "{{(patient % 2 == 0 ? "male" : "female")}}", "birthDate": "{{born:yyyy-MM-dd}}"}
            """);
        return PreparedResource.From("Patient", Encoding.UTF8.GetBytes(json));
    }

    private static string Name(string representation, string family, string given) =>
        $$"""
        {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": "{{representation}}"}],
         "use": "official", "text": "{{family}} {{given}}", "family": "{{family}}", "given": ["{{given}}"]}
        """;
}
