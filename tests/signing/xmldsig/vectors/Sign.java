/* Made the java-*.xml beside it, with a key that was thrown away: javac Sign.java && java Sign key.p12 password. */
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.security.*;
import java.security.cert.X509Certificate;
import java.util.*;
import javax.xml.crypto.dsig.*;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.keyinfo.*;
import javax.xml.crypto.dsig.spec.*;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.*;

public class Sign {
  static final String TEXT =
      "<R xmlns:n='urn:n' xml:lang='vi' Id='r'><S xml:base='http://z/'><n:T xml:space='default'>t</n:T></S></R>";

  public static void main(String[] given) throws Exception {
    sign(given, "1.0", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", null, "", null);
    sign(given, "1.1", "http://www.w3.org/2006/12/xml-c14n11", "http://www.w3.org/2006/12/xml-c14n11", "#r", "ds");
    sign(given, "exclusive", "http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/2001/10/xml-exc-c14n#", "#r", null);
  }

  static void sign(String[] given, String name, String form, String transform, String uri, String prefix)
      throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(new FileInputStream(given[0]), given[1].toCharArray());
    String alias = store.aliases().nextElement();
    X509Certificate certificate = (X509Certificate) store.getCertificate(alias);
    DocumentBuilderFactory builders = DocumentBuilderFactory.newInstance();
    builders.setNamespaceAware(true);
    Document document =
        builders.newDocumentBuilder().parse(new ByteArrayInputStream(TEXT.getBytes(StandardCharsets.UTF_8)));
    Element root = document.getDocumentElement();
    root.setIdAttribute("Id", true);
    XMLSignatureFactory signatures = XMLSignatureFactory.getInstance("DOM");
    KeyInfoFactory keys = signatures.getKeyInfoFactory();
    List<Transform> transforms = new ArrayList<>();
    transforms.add(signatures.newTransform(Transform.ENVELOPED, (TransformParameterSpec) null));
    if (transform != null) {
      boolean isExclusive = transform.endsWith("#");
      transforms.add(
          signatures.newTransform(
              transform, isExclusive ? new ExcC14NParameterSpec(Arrays.asList("xsd", "#default")) : null));
    }
    Reference reference =
        signatures.newReference(
            uri, signatures.newDigestMethod(DigestMethod.SHA256, null), transforms, null, null);
    SignedInfo info =
        signatures.newSignedInfo(
            signatures.newCanonicalizationMethod(form, (C14NMethodParameterSpec) null),
            signatures.newSignatureMethod("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", null),
            Collections.singletonList(reference));
    KeyInfo held =
        keys.newKeyInfo(
            Arrays.asList(
                keys.newKeyValue(certificate.getPublicKey()),
                keys.newX509Data(
                    Arrays.asList(
                        certificate.getSubjectX500Principal().getName(),
                        keys.newX509IssuerSerial(
                            certificate.getIssuerX500Principal().getName(), certificate.getSerialNumber()),
                        certificate))));
    DOMSignContext context =
        new DOMSignContext(store.getKey(alias, given[1].toCharArray()), (Element) root.getFirstChild());
    if (prefix != null) {
      context.setDefaultNamespacePrefix(prefix);
    }
    signatures.newXMLSignature(info, held).sign(context);
    TransformerFactory.newInstance()
        .newTransformer()
        .transform(new DOMSource(document), new StreamResult(new FileOutputStream("java-" + name + ".xml")));
  }
}
