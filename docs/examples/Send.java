// Send a signed document, read the inbox, answer with a status. See README.md beside this file.
//
//   java Send.java
//
// The JDK makes no CMS, so `openssl` signs here; with Bouncy Castle it is CMSSignedDataGenerator, generate(data, false).

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public final class Send {
    private static final Map<String, String> GIVEN = System.getenv();
    private static final String AXIS = GIVEN.getOrDefault("AXIS", "http://127.0.0.1:8000");
    private static final String FROM = GIVEN.getOrDefault("FROM", "H62");
    private static final String TO = GIVEN.getOrDefault("TO", "G22");
    private static final String NUMBER =
            GIVEN.getOrDefault("NUMBER", System.currentTimeMillis() / 1000 + "/UBND-VX");
    private static final String NAME = "Công văn số 1.pdf";
    private static final byte[] CONTENT = "%PDF-1.7\n%%EOF\n".getBytes(StandardCharsets.UTF_8);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    public static void main(String[] arguments) throws Exception {
        // 1 write the manifest: one signature over it binds every file by its digest
        String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(CONTENT));
        byte[] manifest = """
                {"from": "%s", "to": ["%s"], "number": "%s", "issued_on": "2026-06-03", "type": "cong-van",
                 "subject": "V/v gửi, nhận văn bản điện tử",
                 "attachments": [{"name": "%s", "media_type": "application/pdf", "size": %d, "sha256": "%s"}]}
                """.formatted(FROM, TO, NUMBER, NAME, CONTENT.length, sha256).getBytes(StandardCharsets.UTF_8);

        // 3 send; sending the same again is safe and gets the first answer
        String boundary = UUID.randomUUID().toString();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        part(body, boundary, "manifest", "manifest.json", "application/json", manifest);
        part(body, boundary, "signature", "manifest.p7s", "application/pkcs7-signature", sign(manifest));
        part(body, boundary, "attachment", NAME, "application/pdf", CONTENT);
        body.write(("--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
        String sent = call("sender.token", request("/v1/documents")
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())));
        print("sent: " + find(sent, "\"indication\":\"([^\"]+)\""));

        // 4 the recipient's inbox; keep `next` and go on from there. A JSON library reads it better than a pattern.
        String inbox = call("recipient.token", request("/v1/inbox?limit=1000").GET());
        String document = find(sent, "\"id\":\"([^\"]+)\"");
        String delivery = find(inbox, "\"id\":\"([^\"]+)\",\"document\":\"" + document + "\"");
        print("inbox: " + find(inbox.substring(inbox.indexOf(delivery)), "\"name\":\"([^\"]+)\""));

        // 5 answer with a status
        String status = call("recipient.token", request("/v1/deliveries/" + delivery + "/statuses")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"code\": \"03\", \"note\": \"Đã vào sổ văn bản đến\"}")));
        print("status: " + find(status, "\"code\":\"([^\"]+)\""));
    }

    /** 2 sign exactly these bytes: detached CMS; name issuers that the hub does not know with -certfile. */
    private static byte[] sign(byte[] manifest) throws IOException, InterruptedException {
        Path signed = Files.createTempFile("manifest", ".json");
        Path signature = Files.createTempFile("manifest", ".p7s");
        try {
            Files.write(signed, manifest);
            int status = new ProcessBuilder("openssl", "cms", "-sign", "-binary", "-in", signed.toString(), "-outform", "DER",
                    "-out", signature.toString(), "-signer", "cert.pem", "-inkey", "key.pem")
                    .inheritIO().start().waitFor();
            if (status != 0) {
                throw new IOException("openssl ended with status " + status);
            }
            return Files.readAllBytes(signature);
        } finally {
            Files.delete(signed);
            Files.delete(signature);
        }
    }

    /** Writes one part; a name beyond ASCII goes as `filename*` (RFC 8187), which the axis matches with the manifest. */
    private static void part(ByteArrayOutputStream body, String boundary, String field, String name, String type, byte[] content)
            throws IOException {
        String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        body.write(("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + field + "\"; filename*=UTF-8''" + encoded
                + "\r\nContent-Type: " + type + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        body.write(content);
        body.write("\r\n".getBytes(StandardCharsets.UTF_8));
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(AXIS + path));
    }

    /** Returns the answer; a refusal names its code, what is wrong where, and the remedy. */
    private static String call(String tokenFile, HttpRequest.Builder request) throws IOException, InterruptedException {
        String token = Files.readString(Path.of(tokenFile)).strip();
        HttpResponse<String> answer = CLIENT.send(
                request.header("Authorization", "Bearer " + token).build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 400) {
            throw new IOException(answer.body());
        }
        return answer.body();
    }

    private static String find(String json, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(json);
        if (!found.find()) {
            throw new IllegalStateException("no " + pattern + " in " + json);
        }
        return found.group(1);
    }

    private static void print(String line) {
        System.out.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8)); // whatever the terminal's encoding
    }
}
