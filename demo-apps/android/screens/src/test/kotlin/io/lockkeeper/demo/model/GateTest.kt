package io.lockkeeper.demo.model

import io.lockkeeper.demo.TestGate
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Test
import java.util.UUID
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** Ways through the app's models by finger or face, against a real key server. */
class GateTest {
    private val name = "ada-${UUID.randomUUID()}"
    private val gate = TestGate()

    @Test
    fun whoHasSetItUpUnlocksWithoutThePasswordInTheNextProcessToo() =
        runBlocking {
            val device = Device()
            registerWithGate(device)
            val app = device.startApp()
            val door = app.await<Screen.Door>().model
            door.lookAt(gate)
            assertTrue(door.canUnlockByGate.value)
            door.unlockBy(gate).join()
            assertNull(door.problem())
            val vault = app.await<Screen.Vault>().model
            assertEquals(name, vault.account)
            vault.generate().join()
            assertNull(vault.work.state.value.problem, "the account is open in earnest")
        }

    @Test
    fun whoThinksBetterOfItStaysWhereTheyAre() =
        runBlocking {
            val device = Device()
            val vault = register(connectedApp(device), name)
            gate.isWilling = false
            vault.openBy(gate).join()
            assertFalse(vault.state.value.opensByGate)

            gate.isWilling = true
            vault.openBy(gate).join()
            gate.isWilling = false
            val app = device.startApp()
            val door = app.await<Screen.Door>()
            door.model.lookAt(gate)
            door.model.unlockBy(gate).join()
            assertNull(door.model.problem())
            assertEquals<Screen>(door, app.screen.value)
            assertTrue(door.model.canUnlockByGate.value, "it can be tried again")
        }

    @Test
    fun fingersThatHaveChangedUnlockNothingAndThePasswordIsAskedFor() =
        runBlocking {
            val device = Device()
            registerWithGate(device)
            gate.isInvalidated = true
            refusedAtTheDoor(device)
        }

    @Test
    fun whoIsLockedOutHearsWhyAndComesInLaterOrByThePassword() =
        runBlocking {
            val device = Device()
            registerWithGate(device)
            val app = device.startApp()
            val door = app.await<Screen.Door>().model
            door.lookAt(gate)
            val steps =
                mapOf(
                    GateRefusal.LOCKED_OUT to NextStep.Wait(30),
                    GateRefusal.LOCKED_OUT_UNTIL_UNLOCKED to NextStep.UnlockDevice,
                    GateRefusal.NOT_ENROLLED to NextStep.TryAgain,
                    GateRefusal.UNAVAILABLE to NextStep.TryAgain,
                )
            for ((refusal, step) in steps) {
                gate.refusal = refusal
                door.unlockBy(gate).join()
                assertEquals(step, door.problem()?.nextStep)
                assertTrue(door.canUnlockByGate.value && gate.holds(name), "nothing is lost by it")
            }
            gate.refusal = null
            door.unlockBy(gate).join()
            assertNull(door.problem())
            app.await<Screen.Vault>()
            Unit
        }

    @Test
    fun aPasswordThatWasChangedElsewhereEndsIt() =
        runBlocking {
            val device = Device()
            registerWithGate(device)
            val elsewhere = connectedApp()
            val door = assertIs<Screen.Door>(elsewhere.screen.value).model
            door.name.type(name)
            door.password.type(PASSWORD)
            door.unlock().join()
            changePassword(elsewhere.await<Screen.Vault>().model, gate = null)
            refusedAtTheDoor(device)
        }

    @Test
    fun itEndsWithThePasswordTheAccountOrTheWishForIt() =
        runBlocking {
            val app = connectedApp()
            val vault = register(app, name)
            vault.openBy(gate).join()
            changePassword(vault, gate)
            assertFalse(gate.holds(name) || vault.state.value.opensByGate, "it would open nothing")

            vault.openBy(gate).join()
            vault.openNoMoreBy(gate).join()
            assertFalse(gate.holds(name) || vault.state.value.opensByGate)

            vault.openBy(gate).join()
            assertTrue(gate.holds(name))
            vault.confirmation.type(NEXT_PASSWORD)
            vault.deleteAccount(gate).join()
            assertFalse(gate.holds(name))
        }

    private suspend fun registerWithGate(device: Device) {
        val app = connectedApp(device)
        val vault = register(app, name)
        vault.openBy(gate).join()
        assertTrue(gate.holds(name) && vault.state.value.opensByGate)
        vault.lock()
        withTimeout(PATIENCE) { app.screen.first { it is Screen.Door } }
    }

    private suspend fun changePassword(
        vault: VaultModel,
        gate: UnlockGate?,
    ) {
        vault.oldPassword.type(PASSWORD)
        vault.newPassword.type(NEXT_PASSWORD)
        vault.repeatedPassword.type(NEXT_PASSWORD)
        vault.changePassword(gate).join()
        assertTrue(vault.state.value.isPasswordChanged)
    }

    private suspend fun refusedAtTheDoor(device: Device) {
        val door =
            device
                .startApp()
                .await<Screen.Door>()
                .model
        door.lookAt(gate)
        door.unlockBy(gate).join()
        assertEquals(NextStep.TypePassword, door.problem()?.nextStep)
        assertFalse(door.canUnlockByGate.value || gate.holds(name), "what opens nothing is not offered again")
    }

    private fun DoorModel.problem() = work.state.value.problem
}
