package io.lockkeeper.demo.model

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import io.lockkeeper.LockKeeperClient
import io.lockkeeper.LockReason
import io.lockkeeper.ServerConfig
import io.lockkeeper.Session
import io.lockkeeper.SessionState
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch

/** What the person sees. */
sealed interface Screen {
    /** No key server is known yet. */
    data object Server : Screen

    /**
     * Nobody has unlocked an account.
     *
     * @property model what the screen shows
     * @property notice why the app has locked; null where the person asked for it
     */
    class Door(
        val model: DoorModel,
        val notice: LockReason?,
    ) : Screen

    /**
     * An account is unlocked.
     *
     * @property model what the screen shows
     */
    class Vault(
        val model: VaultModel,
    ) : Screen
}

/**
 * The app: which key server it knows, and whether somebody has unlocked an account.
 *
 * @param makeClient makes the client of a key server; loads nothing
 */
class AppModel(
    private val makeClient: (ServerConfig) -> LockKeeperClient,
) : ViewModel() {
    private val shown = MutableStateFlow<Screen>(Screen.Server)

    /** What the person sees now. */
    val screen: StateFlow<Screen> = shown.asStateFlow()

    /** The check of the settings that were given. */
    val work = Work(viewModelScope)

    /** Takes what `lock-keeper-server dev --phone` shows, as it was pasted. */
    fun connect(connectJson: String): Job =
        work.start {
            val client = makeClient(ServerConfig.fromConnectJson(connectJson))
            client.checkConfig()
            showDoor(client, null)
        }

    /** Goes back to the choice of the key server. */
    fun forgetServer() {
        shown.value = Screen.Server
    }

    override fun onCleared() {
        (shown.value as? Screen.Vault)?.model?.lock()
    }

    private fun showDoor(
        client: LockKeeperClient,
        notice: LockReason?,
    ) {
        shown.value = Screen.Door(DoorModel(client, viewModelScope) { enter(it, client) }, notice)
    }

    private fun enter(
        session: Session,
        client: LockKeeperClient,
    ) {
        val vault = Screen.Vault(VaultModel(session, viewModelScope))
        shown.value = vault
        viewModelScope.launch {
            val locked = session.state.filterIsInstance<SessionState.Locked>().first()
            vault.model.hide()
            showDoor(client, locked.reason.takeIf { it != LockReason.REQUESTED })
        }
    }
}
