package io.lockkeeper.demo.model

import io.lockkeeper.SecretBytes
import io.lockkeeper.demo.TestGate
import kotlinx.coroutines.runBlocking
import org.junit.Test
import java.util.UUID
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull

/** Devices that fail, and a real key server. */
class FaultsTest {
    private val name = "ada-${UUID.randomUUID()}"

    /** The server has done what this device then cannot remember. */
    @Test
    fun aSecretThatMayHaveBeenMadeIsMadeOnceThoughThePersonDoesNotLook() =
        runBlocking {
            val device = Device()
            val vault = register(connectedApp(device), name)
            vault.label.type("door")
            device.store.isLocked = true
            vault.generate().join()
            assertEquals(NextStep.Look, vault.problem()?.nextStep)
            assertEquals("door", "${vault.label.text}")
            device.store.isLocked = false
            vault.generate().join()
            assertNull(vault.problem())
            vault.refresh().join()
            assertEquals(listOf<String?>("door"), vault.secrets().map { it.label })
            vault.label.type("door")
            vault.generate().join()
            assertEquals(2, vault.secrets().size, "that is another one")
        }

    @Test
    fun whoLooksFindsTheFileThatMayHaveBeenKept() =
        runBlocking {
            val device = Device()
            val vault = register(connectedApp(device), name)
            device.store.isLocked = true
            vault.importFile(ChosenFile("mat.txt", SecretBytes("the key is under the mat".toByteArray()))).join()
            assertEquals(NextStep.Look, vault.problem()?.nextStep)
            device.store.isLocked = false
            vault.refresh().join()
            assertEquals(WorkState(), vault.work.state.value)
            assertEquals(listOf<String?>("mat.txt"), vault.secrets().map { it.label })
        }

    @Test
    fun anAccountThatThisDeviceKnowsWronglyIsForgottenAndOpensAgain() =
        runBlocking {
            val device = Device()
            val gate = TestGate()
            val vault = register(connectedApp(device), name)
            vault.openBy(gate).join()
            vault.lock()
            device.store.damage()
            val app = device.startApp()
            val door = app.await<Screen.Door>().model
            door.password.type(PASSWORD)
            door.unlock().join()
            assertEquals(
                NextStep.Contact,
                door.work.state.value.problem
                    ?.nextStep,
            )
            assertEquals(name, door.disputed.value)

            door.forget(gate).join()
            assertNull(door.disputed.value)
            assertEquals(name, door.forgotten.value)
            assertFalse(gate.holds(name), "a device that is new opens by the password")
            door.password.type(PASSWORD)
            door.unlock().join()
            app.await<Screen.Vault>()
            Unit
        }

    @Test
    fun whatOpensAnAccountHereIsShownToNoOtherServer() =
        runBlocking {
            val app = connectedApp()
            val gate = TestGate()
            val vault = register(app, name)
            vault.openBy(gate).join()
            vault.lock()
            app.await<Screen.Door>()
            app.forgetServer(gate).join()
            assertFalse(gate.holds(name))
        }
}
