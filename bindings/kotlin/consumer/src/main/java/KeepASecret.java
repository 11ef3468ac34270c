import io.lockkeeper.LockKeeperClient;
import io.lockkeeper.LockKeeperFutures;
import io.lockkeeper.Password;
import io.lockkeeper.Purpose;
import io.lockkeeper.Secret;
import io.lockkeeper.SecretId;
import io.lockkeeper.ServerConfig;
import io.lockkeeper.Session;
import io.lockkeeper.jvm.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keeps a secret, and gets it back as another device would, from Java. */
final class KeepASecret {
    private KeepASecret() {}

    static void keepASecret(LockKeeperClient client, String name, char[] typed) throws Exception {
        LockKeeperFutures keeper = LockKeeperFutures.of(client);
        try (Password password = new Password(typed);
                Session session = keeper.register(name, password).get();
                Session other = keeper.openSession(name, password).get()) {
            SecretId id = session.newSecretId();
            Secret made = keeper.generate(session, 32, "backup key", id).get();
            Secret found = keeper.retrieve(other, id, Purpose.LOCAL_ONLY).get();
            if (!found.getBytes().equals(made.getBytes())) throw new IllegalStateException("another secret came back");
        }
    }

    /** Takes the path of a connect.json, and a directory for what this device knows. */
    public static void main(String[] arguments) throws Exception {
        ServerConfig config = ServerConfig.fromConnectJson(Files.readString(Path.of(arguments[0])));
        LockKeeperClient client = new LockKeeperClient(config, new FileStore(Path.of(arguments[1])));
        keepASecret(client, "grace-" + System.nanoTime(), "correct horse".toCharArray());
        System.out.println("The secret came back to Java.");
    }
}
