package io.lockkeeper.demo.model

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import io.lockkeeper.Code
import io.lockkeeper.LockKeeperClient
import io.lockkeeper.LockKeeperException
import io.lockkeeper.LockReason
import io.lockkeeper.ServerConfig
import io.lockkeeper.Session
import io.lockkeeper.SessionState
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** What the person sees. */
sealed interface Screen {
    /** The app looks at what it remembers. */
    data object Beginning : Screen

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
 * @param memory what it remembers of an earlier process
 * @param makeClient makes the client of a key server; loads nothing
 */
class AppModel(
    private val memory: AppMemory,
    private val makeClient: (ServerConfig) -> LockKeeperClient,
) : ViewModel() {
    private val shown = MutableStateFlow<Screen>(Screen.Beginning)
    private val recalled = viewModelScope.async { memory.recall() }
    private var remembered = Remembered()

    /** What the person sees now. */
    val screen: StateFlow<Screen> = shown.asStateFlow()

    /** The check of the settings that were given. */
    val work = Work(viewModelScope)

    init {
        work.start(isRepeatable = true) {
            val earlier = recalled.await()
            try {
                earlier.connectJson?.let { use(it, earlier.account) }
            } finally {
                shown.compareAndSet(Screen.Beginning, Screen.Server)
            }
        }
    }

    /** Takes what `lock-keeper-server dev --phone` shows, as it was pasted. */
    fun connect(connectJson: String): Job = work.start(isRepeatable = true) { use(connectJson, account = null) }

    /** Takes what `lock-keeper-server dev --phone` shows, from a picture of its QR code. */
    fun connectBy(picture: Picture): Job =
        work.start(isRepeatable = true) {
            val connectJson = withContext(Dispatchers.Default) { textOfCode(picture) } ?: throw NotDone(NO_CODE)
            try {
                use(connectJson, account = null)
            } catch (failure: LockKeeperException) {
                if (failure.code != Code.CONFIG_INVALID) throw failure
                throw NotDone(Problem(failure).copy(nextStep = NextStep.AnotherPicture))
            }
        }

    /** Goes back to the choice of the key server. What `gate` keeps would be shown to another one, and is gone. */
    fun forgetServer(gate: UnlockGate?): Job {
        val account = remembered.account
        shown.value = Screen.Server
        remember(Remembered())
        return viewModelScope.launch { account?.let { gate?.forget(it) } }
    }

    override fun onCleared() {
        (shown.value as? Screen.Vault)?.model?.lock()
    }

    private suspend fun use(
        connectJson: String,
        account: String?,
    ) {
        val client = makeClient(ServerConfig.fromConnectJson(connectJson))
        client.checkConfig()
        remember(Remembered(connectJson, account))
        showDoor(client, null)
    }

    private fun showDoor(
        client: LockKeeperClient,
        notice: LockReason?,
    ) {
        shown.value = Screen.Door(DoorModel(client, remembered.account, viewModelScope) { enter(it, client) }, notice)
    }

    private fun enter(
        session: Session,
        client: LockKeeperClient,
    ) {
        val vault = Screen.Vault(VaultModel(session, viewModelScope))
        shown.value = vault
        remember(remembered.copy(account = session.account))
        viewModelScope.launch {
            val locked = session.state.filterIsInstance<SessionState.Locked>().first()
            vault.model.forget()
            if (locked.reason == LockReason.ACCOUNT_DELETED) remember(remembered.copy(account = null))
            showDoor(client, locked.reason.takeIf { it != LockReason.REQUESTED })
        }
    }

    private fun remember(what: Remembered) {
        remembered = what
        viewModelScope.launch { memory.remember(what) }
    }

    private companion object {
        val NO_CODE = Problem("There is no code of a key server in this picture.", NextStep.AnotherPicture)
    }
}
