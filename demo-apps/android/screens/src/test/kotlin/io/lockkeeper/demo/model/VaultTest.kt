package io.lockkeeper.demo.model

import io.lockkeeper.Code
import io.lockkeeper.LockKeeperException
import io.lockkeeper.Password
import io.lockkeeper.SecretBytes
import io.lockkeeper.testing.FakeKeyServer
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds

/** An unlocked account of a key server that does what the tests want. */
class VaultTest {
    @Test
    fun aSecretThatIsShownIsHiddenAgain() =
        runBlocking {
            val vault = fakeVault(FakeKeyServer())
            vault.generate().join()
            vault.reveal(vault.secrets().single().id).join()
            withTimeout(PATIENCE) { vault.state.first { it.revealed == null } }
            assertNull(vault.problem())
        }

    @Test
    fun aLogThatWasChangedIsNotShownAsVerified() =
        runBlocking {
            val server = FakeKeyServer()
            val vault = fakeVault(server)
            vault.readLog().join()
            assertNotNull(vault.state.value.log)
            server.tamperWithAudit()
            vault.readLog().join()
            assertNull(vault.state.value.log)
            assertEquals(NextStep.Contact, vault.problem(vault.logWork)?.nextStep)
        }

    @Test
    fun aButtonThatWasTappedTwiceDoesItsWorkOnce() =
        runBlocking {
            val vault = fakeVault(FakeKeyServer(50.milliseconds))
            listOf(vault.generate(), vault.generate()).forEach { it.join() }
            assertEquals(1, vault.secrets().size)
        }

    @Test
    fun theLogIsReadAlthoughSomethingElseIsUnderWay() =
        runBlocking {
            val vault = fakeVault(FakeKeyServer(50.milliseconds))
            listOf(vault.generate(), vault.readLog()).forEach { it.join() }
            assertNotNull(vault.state.value.log)
            assertEquals(1, vault.secrets().size)
        }

    @Test
    fun whatHasFailedIsDoneOnceMoreWhenThePersonWants() =
        runBlocking {
            val server = FakeKeyServer()
            val vault = fakeVault(server)
            for (piece in listOf(vault::refresh, vault::generate)) {
                server.failNext(LockKeeperException(Code.OFFLINE))
                piece().join()
                assertEquals(NextStep.Connection, vault.problem()?.nextStep)
                assertTrue(vault.work.state.value.canRepeat)
                vault.work.repeat().join()
                assertEquals(WorkState(), vault.work.state.value)
            }
            assertEquals(1, vault.secrets().size)
            vault.work.repeat().join()
            assertEquals(1, vault.secrets().size, "what was done is not done once more")
        }

    @Test
    fun whatNeedsAPasswordIsNotDoneOnceMoreWithoutIt() =
        runBlocking {
            val server = FakeKeyServer()
            val vault = fakeVault(server)
            vault.confirmation.type(PASSWORD)
            server.failNext(LockKeeperException(Code.OFFLINE))
            vault.deleteAccount(gate = null).join()
            assertFalse(vault.accountWork.state.value.canRepeat)
        }

    @Test
    fun whereItIsNotKnownWhetherItHappenedThePersonLooksFirst() =
        runBlocking {
            val server = FakeKeyServer()
            val vault = fakeVault(server)
            server.failNext(LockKeeperException(Code.TIMED_OUT, mayHaveHappened = true))
            vault.generate().join()
            assertEquals(NextStep.Look, vault.problem()?.nextStep)
            assertFalse(vault.work.state.value.canRepeat)

            vault.oldPassword.type(PASSWORD)
            vault.newPassword.type(NEXT_PASSWORD)
            server.failNext(LockKeeperException(Code.OUTCOME_UNKNOWN, mayHaveHappened = true))
            vault.changePassword(gate = null).join()
            assertEquals(NextStep.UnlockAgain, vault.problem(vault.accountWork)?.nextStep)
        }

    @Test
    fun whatTheSystemFailsWithIsToldAndTheAppGoesOn() =
        runBlocking {
            val vault = fakeVault(FakeKeyServer())
            vault.generate().join()
            vault.export(vault.secrets().single()) { _, _ -> throw SecurityException("the other app does not want it") }.join()
            assertEquals(
                WorkState(problem = Problem("Something in the app went wrong.", NextStep.Contact, "internal")),
                vault.work.state.value,
            )
            vault.generate().join()
            assertEquals(2, vault.secrets().size)
        }

    @Test
    fun aFileIsWipedWhereverItsImportEnds() =
        runBlocking {
            val server = FakeKeyServer(50.milliseconds)
            val vault = fakeVault(server)
            val kept = file()
            val importing = vault.importFile(kept)
            val tooSoon = file()
            vault.importFile(tooSoon).join()
            assertWiped(tooSoon)
            importing.join()
            assertWiped(kept)

            val tooLarge = ChosenFile.read("film.mov", ByteArray(1_000_000).inputStream())
            vault.importFile(tooLarge).join()
            assertEquals(NextStep.AnotherFile, vault.problem()?.nextStep)
            assertWiped(tooLarge)

            val later = file()
            server.failNext(LockKeeperException(Code.OFFLINE))
            vault.importFile(later).join()
            assertTrue(vault.work.state.value.canRepeat)
            vault.lock()
            assertWiped(later)
        }

    @Test
    fun aFileWhoseImportFailedIsImportedWithoutBeingChosenAgain() =
        runBlocking {
            val server = FakeKeyServer()
            val vault = fakeVault(server)
            server.failNext(LockKeeperException(Code.OFFLINE))
            vault.importFile(file()).join()
            vault.work.repeat().join()
            assertEquals("mat.txt", vault.secrets().single().label)
        }
}

private fun file() = ChosenFile("mat.txt", SecretBytes("the key is under the mat".toByteArray()))

private fun assertWiped(file: ChosenFile) {
    assertFailsWith<IllegalStateException> { file.contents.use { it.size } }
}

private suspend fun fakeVault(server: FakeKeyServer): VaultModel {
    val session = Password(PASSWORD).use { server.client().register("ada", it) }
    return VaultModel(session, CoroutineScope(Dispatchers.Main), hideAfter = 50.milliseconds).also { it.refresh().join() }
}
