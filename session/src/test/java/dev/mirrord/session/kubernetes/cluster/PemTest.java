package dev.mirrord.session.kubernetes.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class PemTest {

    private static String pem(String type, byte[] der) {
        return "-----BEGIN "
                + type
                + "-----\n"
                + Base64.getMimeEncoder().encodeToString(der)
                + "\n-----END "
                + type
                + "-----\n";
    }

    private static PrivateKey rsa() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair().getPrivate();
    }

    private static PrivateKey ec(String curve) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair().getPrivate();
    }

    /** What follows the algorithm in a PKCS#8 key: the last OCTET STRING's content. */
    private static byte[] inner(byte[] pkcs8, int tagAt) {
        int lengthBytes = (pkcs8[tagAt + 1] & 0x80) == 0 ? 0 : pkcs8[tagAt + 1] & 0x7f;
        return Arrays.copyOfRange(pkcs8, tagAt + 2 + lengthBytes, pkcs8.length);
    }

    @Test
    void readsPkcs8() throws Exception {
        PrivateKey key = ec("secp256r1");
        assertThat(Pem.privateKey(pem("PRIVATE KEY", key.getEncoded()))).isEqualTo(key);
    }

    @Test
    void readsPkcs1() throws Exception {
        PrivateKey key = rsa();
        byte[] der = key.getEncoded();
        // SEQUENCE with a two-byte length, version, rsaEncryption: 4 + 3 + 15 bytes
        assertThat(Pem.privateKey(pem("RSA PRIVATE KEY", inner(der, 22)))).isEqualTo(key);
    }

    @Test
    void readsSec1WithItsCurve() throws Exception {
        PrivateKey key = ec("secp384r1");
        byte[] der = key.getEncoded();
        byte[] value = Arrays.copyOfRange(der, der.length - 48, der.length);
        byte[] secp384r1 = {(byte) 0xa0, 7, 6, 5, 0x2b, (byte) 0x81, 4, 0, 0x22};
        ByteArrayOutputStream sec1 = new ByteArrayOutputStream();
        sec1.writeBytes(
                ByteBuffer.allocate(7)
                        .put((byte) 0x30)
                        .put((byte) (3 + 2 + 48 + 9))
                        .put(new byte[] {2, 1, 1, 4, 48})
                        .array());
        sec1.writeBytes(value);
        sec1.writeBytes(secp384r1);
        String text =
                pem("EC PARAMETERS", new byte[] {6, 0}) + pem("EC PRIVATE KEY", sec1.toByteArray());
        PrivateKey read = Pem.privateKey(text);
        assertThat(((java.security.interfaces.ECPrivateKey) read).getS())
                .isEqualTo(((java.security.interfaces.ECPrivateKey) key).getS());
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> Pem.privateKey("nothing"))
                .hasMessage("no private key in the PEM text");
        assertThatThrownBy(() -> Pem.privateKey(pem("ENCRYPTED PRIVATE KEY", new byte[1])))
                .hasMessage("the private key is encrypted");
        assertThatThrownBy(() -> Pem.certificates("nothing"))
                .hasMessage("no CERTIFICATE block in the PEM text");
    }
}
