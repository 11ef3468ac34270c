// An app in C over the library for phones, by the header that the Swift package is built with. It is as careful as an app can
// be: what is typed is read without a buffer in between, and what is the app's own is wiped.
//
// It is told what to do on standard input, each field with its length before it. It says how far it is on standard output, and
// goes on when one more byte comes.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "LockKeeperFFI.h"

enum { CALL_ENDED_WELL = 0, CALL_FAILED = 1, DEADLINE_MILLIS = 60000, LARGEST = 1 << 14 };

static void end(const char *why) {
    fprintf(stderr, "the host ends: %s\n", why);
    exit(1);
}

static void wipe(void *bytes, size_t length) {
    for (volatile uint8_t *byte = bytes; length > 0; length--) *byte++ = 0;
}

// What the library says of a call.

static RustCallStatus status;

static void begin(void) { memset(&status, 0, sizeof status); }

static void forget(RustBuffer buffer) {
    RustCallStatus freed = {0};
    ffi_lock_keeper_ffi_rustbuffer_free(buffer, &freed);
}

static void succeeded(const char *call) {
    if (status.code != CALL_ENDED_WELL) end(call);
}

// What crosses: big-endian numbers, and bytes with their length before them. A text alone crosses as it is.

static RustBuffer crossing(const void *bytes, size_t length) {
    RustCallStatus copied = {0};
    ForeignBytes foreign = {(int32_t)length, bytes};
    return ffi_lock_keeper_ffi_rustbuffer_from_bytes(foreign, &copied);
}

static size_t put_number(uint8_t *to, uint64_t number, size_t bytes) {
    for (size_t at = 0; at < bytes; at++) to[at] = (uint8_t)(number >> (8 * (bytes - 1 - at)));
    return bytes;
}

static uint32_t number(const uint8_t *from) {
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

static RustBuffer none(void) { return crossing("\0", 1); }

static RustBuffer with_length(const uint8_t *bytes, size_t length, int optional) {
    static uint8_t scratch[LARGEST + 5];
    size_t at = 0;
    if (optional) scratch[at++] = 1;
    at += put_number(scratch + at, length, 4);
    memcpy(scratch + at, bytes, length);
    RustBuffer buffer = crossing(scratch, at + length);
    wipe(scratch, sizeof scratch);
    return buffer;
}

// A deadline, no token, no listener.
static RustBuffer call(void) {
    uint8_t bytes[10] = {0};
    put_number(bytes, DEADLINE_MILLIS, 8);
    return crossing(bytes, sizeof bytes);
}

// It never locks by itself.
static RustBuffer options(void) { return crossing("\0\0", 2); }

static RustBuffer variant(uint32_t which) {
    uint8_t bytes[4];
    put_number(bytes, which, 4);
    return crossing(bytes, sizeof bytes);
}

// What the app is told.

typedef struct Field {
    uint8_t bytes[LARGEST];
    size_t length;
} Field;

static Field connect_json, name, first, second, wrong, label, secret;

static void read_all(uint8_t *to, size_t length) {
    while (length > 0) {
        ssize_t got = read(STDIN_FILENO, to, length);
        if (got <= 0) end("nobody tells it anything any more");
        to += got;
        length -= (size_t)got;
    }
}

static void read_field(Field *field) {
    uint8_t length[4];
    read_all(length, sizeof length);
    field->length = number(length);
    if (field->length > LARGEST) end("a field is too long");
    read_all(field->bytes, field->length);
}

static RustBuffer text(const Field *field) { return crossing(field->bytes, field->length); }

static ForeignBytes borrowed(const Field *field) { return (ForeignBytes){(int32_t)field->length, field->bytes}; }

static RustBuffer optional(const Field *field) { return with_length(field->bytes, field->length, 1); }

static void says(const char *state) {
    dprintf(STDOUT_FILENO, "%s\n", state);
    uint8_t order;
    read_all(&order, 1);
}

// A store that holds one record.

static uint8_t kept[LARGEST];
static size_t kept_length;

static void store_freed(uint64_t handle) { (void)handle; }

static uint64_t store_cloned(uint64_t handle) { return handle; }

static void store_get(uint64_t handle, RustBuffer slot, RustBuffer *value, RustCallStatus *told) {
    (void)handle, (void)told;
    forget(slot);
    *value = kept_length == 0 ? none() : with_length(kept, kept_length, 1);
}

static void store_put(uint64_t handle, RustBuffer slot, RustBuffer value, void *nothing, RustCallStatus *told) {
    (void)handle, (void)nothing, (void)told;
    forget(slot);
    kept_length = number(value.data);
    if (kept_length > sizeof kept) end("a record is too long");
    memcpy(kept, value.data + 4, kept_length);
    forget(value);
}

static void store_remove(uint64_t handle, RustBuffer slot, void *nothing, RustCallStatus *told) {
    (void)handle, (void)nothing, (void)told;
    forget(slot);
    kept_length = 0;
}

static const UniffiVTableCallbackInterfaceFfiLocalStore store = {store_freed, store_cloned, store_get, store_put, store_remove};

// The objects. Each call takes a handle of its own.

static uint64_t client, session;

static uint64_t the_client(void) {
    RustCallStatus cloned = {0};
    return uniffi_lock_keeper_ffi_fn_clone_fficlient(client, &cloned);
}

static uint64_t the_session(void) {
    RustCallStatus cloned = {0};
    return uniffi_lock_keeper_ffi_fn_clone_ffisession(session, &cloned);
}

static void connect_client(void) {
    uniffi_lock_keeper_ffi_fn_init_callback_vtable_ffilocalstore(&store);
    begin();
    RustBuffer json = with_length(connect_json.bytes, connect_json.length, 0);
    uint64_t config = uniffi_lock_keeper_ffi_fn_constructor_ffiserverconfig_from_connect_json(json, variant(2), &status);
    succeeded("configuration");
    // A handle of the app's own is odd.
    client = uniffi_lock_keeper_ffi_fn_constructor_fficlient_new(config, 1, none(), &status);
    succeeded("client");
}

static void change_password(void) {
    begin();
    uniffi_lock_keeper_ffi_fn_method_ffisession_change_password(the_session(), borrowed(&first), borrowed(&second), call(), &status);
    succeeded("change of the password");
}

static void guess_wrong(void) {
    begin();
    uniffi_lock_keeper_ffi_fn_method_fficlient_open_session(the_client(), text(&name), borrowed(&wrong), options(), call(), &status);
    if (status.code != CALL_FAILED) end("a wrong password opens the account");
    forget(status.errorBuf);
}

static void keep_unlock(void) {
    begin();
    uint64_t unlock = uniffi_lock_keeper_ffi_fn_method_ffisession_device_unlock(the_session(), &status);
    succeeded("device unlock");
    forget(uniffi_lock_keeper_ffi_fn_method_ffideviceunlock_to_bytes(unlock, &status));
    succeeded("device unlock as bytes");
}

// Does everything but to delete, and answers the secret that it has retrieved last.
static RustBuffer work(void) {
    begin();
    session = uniffi_lock_keeper_ffi_fn_method_fficlient_register(the_client(), text(&name), borrowed(&first), none(), options(), call(), &status);
    succeeded("registration");
    RustBuffer imported = uniffi_lock_keeper_ffi_fn_method_ffisession_import_secret(
        the_session(), borrowed(&secret), optional(&label), none(), call(), &status);
    succeeded("import");
    // What is known of a secret begins with its id.
    uint8_t id[32];
    if (number(imported.data) != sizeof id) end("an id has another length");
    memcpy(id, imported.data + 4, sizeof id);
    forget(imported);
    forget(uniffi_lock_keeper_ffi_fn_method_ffisession_generate(the_session(), 32, optional(&label), none(), call(), &status));
    succeeded("generation");
    forget(uniffi_lock_keeper_ffi_fn_method_ffisession_export_secret(the_session(), crossing(id, sizeof id), call(), &status));
    succeeded("export");
    forget(uniffi_lock_keeper_ffi_fn_method_ffisession_list(the_session(), none(), 10, call(), &status));
    succeeded("list");
    change_password();
    guess_wrong();
    keep_unlock();
    begin();
    RustBuffer retrieved =
        uniffi_lock_keeper_ffi_fn_method_ffisession_retrieve(the_session(), crossing(id, sizeof id), variant(2), call(), &status);
    succeeded("retrieval");
    return retrieved;
}

int main(void) {
    Field *fields[] = {&connect_json, &name, &first, &second, &wrong, &label, &secret};
    for (size_t at = 0; at < sizeof fields / sizeof *fields; at++) read_field(fields[at]);
    connect_client();
    RustBuffer held = work();
    for (size_t at = 0; at < sizeof fields / sizeof *fields; at++) wipe(fields[at], sizeof *fields[at]);
    says("unlocked");

    forget(held);
    begin();
    uniffi_lock_keeper_ffi_fn_method_ffisession_lock(the_session(), &status);
    succeeded("lock");
    says("locked");

    uniffi_lock_keeper_ffi_fn_free_ffisession(session, &status);
    uniffi_lock_keeper_ffi_fn_free_fficlient(client, &status);
    says("dropped");
    return 0;
}
