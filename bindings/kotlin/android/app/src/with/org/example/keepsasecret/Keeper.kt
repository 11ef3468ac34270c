package org.example.keepsasecret

import android.app.Application
import io.lockkeeper.LockKeeperClient
import io.lockkeeper.LockKeeperException
import io.lockkeeper.Password
import io.lockkeeper.Purpose
import io.lockkeeper.ServerConfig
import io.lockkeeper.Session
import io.lockkeeper.android.KeystoreStore
import io.lockkeeper.android.LockKeeperLifecycle
import kotlinx.coroutines.flow.count

/** Keeps a secret, as an app does it. */
internal suspend fun keepASecret(application: Application): String =
    try {
        val config = ServerConfig.fromConnectJson(application.assets.open("connect.json").use { it.readBytes().decodeToString() })
        val client = LockKeeperClient(config, KeystoreStore(application))
        LockKeeperLifecycle.watch(application, client)
        Password("correct horse".toCharArray()).use { password ->
            client.register("ada", password).close()
            client.openSession("ada", password).use { everything(client, it, password) }
        }
    } catch (failure: LockKeeperException) {
        "${failure.code}: ${failure.advice}"
    }

/** Every kind of call once, so that none of them is shrunk away. */
private suspend fun everything(
    client: LockKeeperClient,
    session: Session,
    password: Password,
): String {
    val made = session.generate(label = "backup key")
    session.importSecret(made.bytes)
    session.export(made.info.id).wipe()
    session.delete(session.list().first().id)
    session.changePassword(password, password)
    client.openSession(session.deviceUnlock()).use { it.retrieve(made.info.id, Purpose.LOCAL_ONLY) }
    val entries = session.audit().count()
    session.deleteAccount(password)
    return "The secret came back, and the log has $entries entries."
}
