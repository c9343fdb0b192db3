// Send a signed document, read the inbox, answer with a status. See README.md beside this file.
//
//   dotnet new console -o send && cd send && cp ../Send.cs Program.cs
//   dotnet add package System.Security.Cryptography.Pkcs && dotnet run

using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

static string Given(string name, string otherwise) => Environment.GetEnvironmentVariable(name) ?? otherwise;

var axis = Given("AXIS", "http://127.0.0.1:8000");
var number = Given("NUMBER", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}/UBND-VX");
const string name = "Công văn số 1.pdf";
var content = Encoding.ASCII.GetBytes("%PDF-1.7\n%%EOF\n");

// 1 write the manifest: one signature over it binds every file by its digest
var manifest = JsonSerializer.SerializeToUtf8Bytes(
    new JsonObject
    {
        ["from"] = Given("FROM", "H62"),
        ["to"] = new JsonArray(Given("TO", "G22")),
        ["number"] = number,
        ["issued_on"] = "2026-06-03",
        ["type"] = "cong-van",
        ["subject"] = "V/v gửi, nhận văn bản điện tử",
        ["attachments"] = new JsonArray(new JsonObject
        {
            ["name"] = name,
            ["media_type"] = "application/pdf",
            ["size"] = content.Length,
            ["sha256"] = Convert.ToHexString(SHA256.HashData(content)).ToLowerInvariant(),
        }),
    },
    new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

// 3 send; sending the same again is safe and gets the first answer. .NET writes the name as an encoded word and as
// `filename*`; the axis matches either with the manifest.
using var sender = Client("sender.token");
using var form = new MultipartFormDataContent
{
    { Part(manifest, "application/json"), "manifest", "manifest.json" },
    { Part(Sign(manifest), "application/pkcs7-signature"), "signature", "manifest.p7s" },
    { Part(content, "application/pdf"), "attachment", name },
};
var sent = await Answer(await sender.PostAsync("/v1/documents", form));
Console.WriteLine($"sent: {sent["verdict"]!["indication"]}");

// 4 the recipient's inbox; keep `next` and go on from there
using var recipient = Client("recipient.token");
var inbox = await Answer(await recipient.GetAsync("/v1/inbox?limit=1000"));
var item = inbox["items"]!.AsArray().First(each => (string?)each!["document"] == (string?)sent["id"])!;
Console.WriteLine($"inbox: {item["attachments"]![0]!["name"]}");

// 5 answer with a status
var status = await Answer(await recipient.PostAsJsonAsync(
    $"/v1/deliveries/{item["id"]}/statuses", new { code = "03", note = "Đã vào sổ văn bản đến" }));
Console.WriteLine($"status: {status["code"]}");

// 2 sign exactly these bytes: detached CMS, with the issuers that cert.pem holds
static byte[] Sign(byte[] manifest)
{
    using var signer = X509Certificate2.CreateFromPemFile("cert.pem", "key.pem");
    var chain = new X509Certificate2Collection();
    chain.ImportFromPemFile("cert.pem");
    var cms = new SignedCms(new ContentInfo(manifest), detached: true);
    var how = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, signer)
    {
        DigestAlgorithm = new Oid("2.16.840.1.101.3.4.2.1"), // SHA-256
        IncludeOption = X509IncludeOption.EndCertOnly,
    };
    foreach (var issuer in chain.Skip(1))
    {
        how.Certificates.Add(issuer);
    }
    cms.ComputeSignature(how);
    return cms.Encode();
}

HttpClient Client(string tokenFile)
{
    var client = new HttpClient { BaseAddress = new Uri(axis) };
    var token = File.ReadAllText(tokenFile).Trim();
    client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    return client;
}

static ByteArrayContent Part(byte[] content, string type)
{
    var part = new ByteArrayContent(content);
    part.Headers.ContentType = new MediaTypeHeaderValue(type);
    return part;
}

// A refusal names its code, what is wrong where, and the remedy.
static async Task<JsonNode> Answer(HttpResponseMessage response)
{
    var text = await response.Content.ReadAsStringAsync();
    return response.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new HttpRequestException(text);
}
