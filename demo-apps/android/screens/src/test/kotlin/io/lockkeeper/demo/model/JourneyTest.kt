package io.lockkeeper.demo.model

import io.lockkeeper.Code
import io.lockkeeper.LockKeeperException
import io.lockkeeper.LockReason
import io.lockkeeper.Origin
import io.lockkeeper.SecretBytes
import io.lockkeeper.demo.KeyServerUnderTest
import io.lockkeeper.demo.Terminal
import io.lockkeeper.demo.pictureOf
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.junit.Test
import java.util.UUID
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** Whole ways through the app's models, against a real key server. */
class JourneyTest {
    @Test
    fun aPersonRegistersKeepsASecretLocksAndUnlocks() =
        runBlocking {
            val app = connectedApp()
            val name = "ada-${UUID.randomUUID()}"
            val vault = register(app, name)
            assertEquals(name, vault.account)

            vault.label.type("door")
            vault.generate().join()
            vault.importFile(ChosenFile("mat.txt", SecretBytes("the key is under the mat".toByteArray()))).join()
            assertEquals(setOf("door", "mat.txt"), vault.secrets().map { it.label }.toSet())

            val imported = vault.secrets().single { it.origin == Origin.IMPORTED }
            vault.reveal(imported.id).join()
            val revealed = vault.state.value.revealed
            assertEquals("the key is under the mat", revealed?.text)
            var exported: Int? = null
            vault.export(imported) { bytes, _ -> exported = bytes.use { it.first().toInt() } }.join()
            assertEquals("the key is under the mat".length, exported, "the exchange format begins with the length")

            vault.readLog().join()
            val log = assertNotNull(vault.state.value.log)
            assertTrue(log.any { it.action == "retrieve_for_export" }, "${log.map { it.action }}")

            vault.delete(imported.id).join()
            assertNull(vault.state.value.revealed, "what was deleted is shown no more")
            assertEquals(listOf<String?>("door"), vault.secrets().map { it.label })
        }

    @Test
    fun thePasswordIsChangedAndTheOldOneOpensNothing() =
        runBlocking {
            val app = connectedApp()
            val name = "ada-${UUID.randomUUID()}"
            var vault = register(app, name)
            vault.oldPassword.type("wrong")
            vault.newPassword.type(NEXT_PASSWORD)
            vault.repeatedPassword.type("battery staple correct hors")
            assertTrue(vault.isMistyped && !vault.canChangePassword, "a slip of the finger would lock the person out")
            vault.repeatedPassword.type(NEXT_PASSWORD)
            assertTrue(vault.canChangePassword)
            vault.changePassword(gate = null).join()
            assertEquals(NextStep.TypePassword, vault.problem(vault.accountWork)?.nextStep)
            assertFalse(vault.state.value.isPasswordChanged)

            vault.oldPassword.type(PASSWORD)
            vault.newPassword.type(NEXT_PASSWORD)
            assertEquals(PasswordHint.GOOD, vault.hint)
            vault.changePassword(gate = null).join()
            assertNull(vault.problem(vault.accountWork))
            assertTrue(vault.state.value.isPasswordChanged)
            assertEquals("", "${vault.oldPassword.text}${vault.newPassword.text}${vault.repeatedPassword.text}")
            vault.lock()

            val door = app.await<Screen.Door>()
            assertNull(door.notice, "the person knows why")
            assertEquals(name, "${door.model.name.text}", "the name need not be typed again")
            door.model.password.type(PASSWORD)
            door.model.unlock().join()
            val problem = door.model.work.state.value.problem
            assertEquals(NextStep.TypePassword, problem?.nextStep)
            assertEquals("", "${door.model.password.text}", "a wrong password does not stay in the field either")

            door.model.password.type(NEXT_PASSWORD)
            door.model.unlock().join()
            vault = app.await<Screen.Vault>().model
            vault.confirmation.type(NEXT_PASSWORD)
            vault.deleteAccount(gate = null).join()
            val end = app.await<Screen.Door>()
            assertEquals(LockReason.ACCOUNT_DELETED, end.notice)
            assertEquals("", "${end.model.name.text}")
        }

    @Test
    fun aNameThatIsTakenIsToldInTheAppsOwnWords() =
        runBlocking {
            val app = connectedApp()
            val name = "ada-${UUID.randomUUID()}"
            register(app, name).lock()
            val door = app.await<Screen.Door>().model
            door.name.type(name)
            door.password.type("another password")
            door.register().join()
            val problem = assertNotNull(door.work.state.value.problem)
            assertTrue("unlock instead" in problem.text, problem.text)
            assertEquals(NextStep.Change, problem.nextStep)
        }

    @Test
    fun aFileThatIsTooLargeIsRefusedAndNotCutOff() =
        runBlocking {
            val vault = register(connectedApp(), "ada-${UUID.randomUUID()}")
            val stream = ByteArray(1_000_000).inputStream()
            vault.importFile(ChosenFile.read("film.mov", stream)).join()
            assertTrue("32 KiB" in assertNotNull(vault.problem()).text)
            assertTrue(stream.available() > 0, "no more of it is read than is needed")
            vault.refresh().join()
            assertEquals(emptyList(), vault.secrets())
        }

    @Test
    fun settingsThatAreNoneAreToldAndNothingElseHappens() =
        runBlocking {
            val app = newApp()
            app.connect("{").join()
            assertEquals(
                "These are not the settings of a key server.",
                app.work.state.value.problem
                    ?.text,
            )
            assertEquals(Screen.Server, app.screen.value)
        }

    @Test
    fun theSettingsAreTakenFromAPictureOfTheServersCode() =
        runBlocking {
            val app = newApp()
            app.connectBy(Terminal().picture(KeyServerUnderTest.shownToPhones)).join()
            assertNull(app.work.state.value.problem)
            assertIs<Screen.Door>(app.screen.value)
            Unit
        }

    @Test
    fun aPictureOfAnotherCodeIsToldAndAnotherOneAskedFor() =
        runBlocking {
            val app = newApp()
            app.connectBy(pictureOf("https://example.org")).join()
            assertEquals(
                Problem("These are not the settings of a key server.", NextStep.AnotherPicture),
                app.work.state.value.problem,
            )
            assertEquals(Screen.Server, app.screen.value)
        }

    @Test
    fun aPictureWithoutACodeIsToldAndAnotherOneAskedFor() =
        runBlocking {
            val app = newApp()
            app.connectBy(Picture(40, 40, IntArray(1600))).join()
            assertEquals(
                NextStep.AnotherPicture,
                app.work.state.value.problem
                    ?.nextStep,
            )
            assertEquals(Screen.Server, app.screen.value)
        }

    @Test
    fun theNextProcessKnowsTheServerAndTheNameAndForgetsBothWhenAsked() =
        runBlocking {
            val device = Device()
            val name = "ada-${UUID.randomUUID()}"
            register(connectedApp(device), name)
            val next = device.startApp()
            assertEquals(name, "${next.await<Screen.Door>().model.name.text}")
            next.forgetServer(gate = null)
            withTimeout(PATIENCE) { while (device.startApp().screen.value != Screen.Server) yield() }
        }

    @Test
    fun whatNoReleaseKnowsHasANextStepTooAndAnIdForSupport() {
        val failure = LockKeeperException(Code("of_the_future"), requestId = "7f")
        val problem = Problem(failure)
        assertEquals(NextStep.Contact, problem.nextStep)
        assertEquals("7f", problem.forSupport)
    }
}

internal fun VaultModel.secrets() = assertNotNull(state.value.secrets)

internal fun VaultModel.problem(work: Work = this.work) = work.state.value.problem
