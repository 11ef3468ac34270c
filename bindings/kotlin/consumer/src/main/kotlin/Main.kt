import io.lockkeeper.LockKeeperClient
import io.lockkeeper.LockKeeperException
import io.lockkeeper.Password
import io.lockkeeper.Purpose
import io.lockkeeper.ServerConfig
import io.lockkeeper.jvm.FileStore
import kotlinx.coroutines.runBlocking
import java.nio.file.Path
import kotlin.io.path.readText

/** Keeps a secret, and gets it back as another device would. */
suspend fun keepASecret(
    connectJson: String,
    directory: Path,
    name: String,
    typed: CharArray,
) {
    // Where the server is, what it calls itself, and which keys it must prove.
    val config = ServerConfig.fromConnectJson(connectJson)
    // What stays on this device: no secret, but what tells an honest server from one that was set back.
    val client = LockKeeperClient(config, FileStore(directory))

    // The password never leaves this machine. Nobody can reset it.
    Password(typed).use { password ->
        client.register(name, password).use { session ->
            // Save the id first: a retry with it is safe even after the process died.
            val id = session.newSecretId()
            val made = session.generate(label = "backup key", id = id)

            // On any device, name and password bring it back.
            client.openSession(name, password).use { other ->
                check(other.retrieve(id, Purpose.LOCAL_ONLY).bytes == made.bytes)
            }
        }
    }
}

/** What somebody is told who mistypes the password. */
suspend fun mistype(
    connectJson: String,
    directory: Path,
    name: String,
): String {
    val client = LockKeeperClient(ServerConfig.fromConnectJson(connectJson), FileStore(directory))
    return try {
        Password("wrong horse").use { client.openSession(name, it) }.use { "${it.account} is open." }
    } catch (failure: LockKeeperException) {
        nextStep(failure)
    }
}

/** Takes the path of a connect.json, and a directory for what this device knows. */
fun main(arguments: Array<String>) =
    runBlocking {
        val (connectJson, directory) = arguments.map(Path::of)
        val name = "ada-${System.nanoTime()}"
        keepASecret(connectJson.readText(), directory, name, "correct horse".toCharArray())
        println("The secret came back.")
        println("A wrong password: ${mistype(connectJson.readText(), directory, name)}")
    }
