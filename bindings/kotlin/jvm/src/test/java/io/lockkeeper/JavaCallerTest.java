package io.lockkeeper;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Everything that an app does, written in Java. */
class JavaCallerTest {
    private static final SessionOptions PATIENT = SessionOptions.ofMillis(300_000L, null, 120_000L);

    private final ServerConfig config = KeyServerUnderTest.Companion.shared(Engine.EMBEDDED).getConfig();
    private final String name = "java-" + UUID.randomUUID();

    private LockKeeperFutures device() {
        return LockKeeperFutures.of(new LockKeeperClient(config, new MemoryStore()));
    }

    private static LockKeeperException failure(CompletableFuture<?> call) {
        Throwable thrown = assertThrows(ExecutionException.class, call::get).getCause();
        return assertInstanceOf(LockKeeperException.class, thrown);
    }

    @Test
    void aSecretIsKeptFoundExportedAndDeleted() throws Exception {
        LockKeeperFutures keeper = device();
        keeper.checkConfig().get();
        try (Password password = new Password("correct horse".toCharArray());
                Session session = keeper.register(name, password, null, PATIENT).get()) {
            SecretId id = session.newSecretId();
            Secret made = keeper.generate(session, 32, "door", id).get();
            assertEquals(Origin.GENERATED, made.getInfo().getOrigin());
            SecretInfo brought = keeper.importSecret(session, new SecretBytes(new byte[] {1, 2, 3})).get();

            assertEquals(2, keeper.list(session).get().size());
            assertEquals(made.getBytes(), keeper.retrieve(session, id, Purpose.LOCAL_ONLY).get().getBytes());
            byte[] exported = keeper.export(session, brought.getId()).get().use(bytes -> bytes.clone());
            assertArrayEquals(new byte[] {3, 1, 2, 3}, java.util.Arrays.copyOf(exported, 4));

            keeper.delete(session, brought.getId()).get();
            AuditFilter about = new AuditFilter(AuditKind.SECRET, List.of(brought.getId()));
            assertEquals("delete", keeper.audit(session, about).get().get(0).getAction());
            assertEquals(Code.SECRET_DELETED, failure(keeper.retrieve(session, brought.getId())).getCode());

            try (Password fresh = new Password("new horse")) {
                keeper.changePassword(session, password, fresh).get();
                assertEquals(name, keeper.openSession(session.deviceUnlock(), PATIENT).get().getAccount());
                keeper.deleteAccount(session, fresh).get();
            }
            assertInstanceOf(SessionState.Locked.class, session.getState().getValue());
            keeper.forget(name).get();
        }
    }

    @Test
    void aFailureHasACodeAndAnAdviceThatASwitchTakes() {
        LockKeeperException wrong = failure(device().openSession(name, new Password("wrong horse"), PATIENT));
        assertEquals("wrong_name_or_password", wrong.getCode().getName());
        boolean asks = switch (wrong.getAdvice()) {
            case ASK_PASSWORD -> true;
            default -> false;
        };
        assertTrue(asks);
        LockKeeperException failure = new LockKeeperException(Code.OFFLINE);
        assertEquals(Advice.CHECK_NETWORK, failure.getAdvice());
    }

    @Test
    void aFutureThatIsCancelledEndsItsCall() throws Exception {
        var phases = new CompletableFuture<Phase>();
        CompletableFuture<Session> opening =
                device().register(name, new Password("correct horse"), null, PATIENT, phases::complete);
        phases.get();
        assertTrue(opening.cancel(true));
        assertThrows(java.util.concurrent.CancellationException.class, opening::get);
    }
}
