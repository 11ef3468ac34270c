package io.lockkeeper.demo.screens

import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isOn
import io.lockkeeper.Code
import io.lockkeeper.LockKeeperException
import io.lockkeeper.demo.KeyServerUnderTest
import io.lockkeeper.demo.Terminal
import io.lockkeeper.demo.model.Picture
import io.lockkeeper.testing.FakeKeyServer
import org.junit.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds

private const val PASSWORD = "correct horse battery staple"
private const val NEXT_PASSWORD = "battery staple correct horse"
private const val IMPORTED = "recovery.txt"

/** Whole ways through the screens, against a real key server. Each screen is pictured. */
class ScreensTest {
    @Test
    fun aPersonGoesThroughTheAppByDay() = onPhone("light") { goThrough("ada") }

    @Test
    fun aPersonGoesThroughTheAppByNight() = onPhone("dark") { goThrough("grace") }

    @Test
    fun aPersonGoesThroughTheAppInLettersOfTwiceTheSize() = onPhone("large-letters", fontScale = 2f) { goThrough("edsger") }

    @Test
    fun theServerIsKnownByAPictureOfItsCode() =
        onPhone {
            platform.picture = Terminal().picture(KeyServerUnderTest.shownToPhones)
            tap("Take a picture of its code")
            see("Unlock my secrets")
        }

    @Test
    fun aPictureOfSomethingElseIsToldAndAnotherOneAskedFor() =
        onPhone {
            platform.picture = Picture(40, 40, IntArray(1600))
            tap("Take a picture of its code")
            see("There is no code of a key server in this picture.")
            see("Take a picture of the key server's code, from near by.")
        }

    @Test
    fun settingsThatAreNoneAreToldInTheAppsOwnWords() =
        onPhone {
            type("Or paste its settings", "not a server")
            tap("Use these settings")
            see("These are not the settings of a key server.")
            see("Change what you typed.")
        }

    @Test
    fun theLogIsThereForWhoOpensItWhileTheListIsRead() {
        val server = FakeKeyServer(1.seconds)
        onPhone(makeClient = { server.client() }) {
            connect()
            register("ada") { see("What it is for") }
            tap("Log")
            see("Verified to its beginning")
        }
    }

    @Test
    fun whatCouldNotBeReadIsReadAnewByAButton() {
        val server = FakeKeyServer()
        onPhone(makeClient = { server.client() }) {
            connect()
            register("ada")
            server.failNext(LockKeeperException(Code.OFFLINE))
            tap(hasContentDescription("Read anew"))
            see("There is no connection to the key server.")
            tap("Try again")
            seeNoMore(hasText("There is no connection", substring = true))

            server.failNext(LockKeeperException(Code.SERVER_BUSY, retryAfterMillis = 500))
            tap("Log")
            see("The key server has too much to do now.")
            tap("Try again")
            see("Verified to its beginning")

            tap("Secrets")
            server.failNext(LockKeeperException(Code.TIMED_OUT, mayHaveHappened = true))
            tap("Generate")
            see("It is not known whether that worked.")
            tap("Read the list anew")
            see("There are none yet.")
            seeNoMore(hasText("It is not known", substring = true))
        }
    }

    @Test
    fun anAccountThatThisDeviceKnowsWronglyCanBeForgottenHere() {
        val server = FakeKeyServer()
        onPhone(makeClient = { server.client() }) {
            connect()
            register("ada")
            tap(hasContentDescription("Lock"))
            type("Password", PASSWORD)
            server.failNext(LockKeeperException(Code.STORE_CORRUPT))
            tap("Unlock my secrets")
            see("What this device knows of your account is damaged.")
            tap("Forget ada on this device")
            tap("Forget it")
            see("This device knows nothing of ada any more.")
            type("Password", PASSWORD)
            tap("Unlock my secrets")
            see("There are none yet.")
        }
    }
}

private const val FINGER = "by finger or face"

private fun Phone.connect() {
    type("Or paste its settings", KeyServerUnderTest.connectJson)
    tap("Use these settings")
    see("Unlock my secrets")
}

private fun Phone.goThrough(name: String) {
    see("Or paste its settings")
    picture("server")
    assertEquals(true, platform.isCaptureAllowed)
    connect()
    assertEquals(false, platform.isCaptureAllowed, "a screen with a password is not captured")
    register(name)
    keepSecrets()
    readTheLog()
    changePassword()
    lockAndUnlock(name)
    unlockByFinger(name)
    deleteAccount()
}

private fun Phone.register(
    name: String,
    seeVault: Phone.() -> Unit = { see("There are none yet.") },
) {
    tap("New account")
    type("Name", name)
    type("Password", PASSWORD)
    type("Password once more", "$PASSWORD!")
    see("The two passwords are not the same.")
    see("Nobody can reset the password.")
    picture("register")
    clear("Password once more")
    type("Password once more", PASSWORD)
    tap("Make the account")
    seeVault()
}

private fun Phone.keepSecrets() {
    type("What it is for", "Backup key")
    tap("Generate")
    see(hasText("Backup key") and !hasText("What it is for"))
    tap("Import a file")
    see(IMPORTED)
    tap(hasContentDescription("Show $IMPORTED"))
    see("twelve words that nobody else knows")
    picture("secrets")
    tap(hasContentDescription("Hide $IMPORTED"))
    seeNoMore(hasText("twelve words", substring = true))

    tap(hasContentDescription("Share $IMPORTED"))
    see(hasContentDescription("Show $IMPORTED"))
    tap(hasContentDescription("Delete $IMPORTED"))
    see("Nobody can bring it back.")
    tap(hasText("Delete") and !hasContentDescription("Delete", substring = true))
    seeNoMore(hasText(IMPORTED))
    assertTrue(platform.shared.getValue(IMPORTED) > "twelve words that nobody else knows".length)
}

private fun Phone.readTheLog() {
    tap("Log")
    see("Verified to its beginning")
    see("Secret deleted")
    picture("log")
}

private fun Phone.changePassword() {
    tap("Account")
    type("Old password", PASSWORD)
    type("New password", NEXT_PASSWORD)
    see("Good. Write it down")
    type("New password once more", NEXT_PASSWORD)
    picture("account")
    tap("Change it")
    see("The password is changed.")
}

private fun Phone.lockAndUnlock(name: String) {
    tap(hasContentDescription("Lock"))
    see("Unlock my secrets")
    see(name)
    type("Password", PASSWORD)
    tap("Unlock my secrets")
    see("Name or password is wrong.")
    see("Type your password.")
    picture("unlock")
    type("Password", NEXT_PASSWORD)
    tap("Unlock my secrets")
    see("Backup key")
}

private fun Phone.unlockByFinger(name: String) {
    tap("Account")
    tap(hasText("Unlock $FINGER", substring = true))
    see(isOn())
    tap(hasContentDescription("Lock"))
    see("Unlock $name $FINGER")
    picture("finger")
    tap("Unlock $name $FINGER")
    see("Backup key")
}

private fun Phone.deleteAccount() {
    tap("Account")
    tap("Delete the account")
    see("Delete the account for good?")
    picture("delete")
    type("Password", NEXT_PASSWORD)
    tap("Delete")
    see("The account was deleted.")
}
