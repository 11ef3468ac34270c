use lock_keeper_protocol::identity::{AccountName, Password, Realm};
use rand::RngCore;
use rand::rngs::OsRng;

use super::needles::Needle;

/// A person whom no other test knows, with all that they type and store.
pub struct Person {
    /// The account's name.
    pub name: String,
    /// The password that the account is registered with.
    pub password: String,
    /// The one that it is changed to.
    pub new_password: String,
    /// One that was never right.
    pub wrong_password: String,
    /// The label of each secret.
    pub label: String,
    /// A secret that is imported.
    pub secret: [u8; 40],
}

fn random_text(what: &str) -> String {
    format!("{what}.{:016x}.{:016x}", OsRng.next_u64(), OsRng.next_u64())
}

impl Person {
    /// Somebody new.
    #[must_use]
    pub fn random() -> Self {
        let mut secret = [0; 40];
        OsRng.fill_bytes(&mut secret);
        Self {
            name: random_text("ada"),
            password: random_text("correct horse"),
            new_password: random_text("battery staple"),
            wrong_password: random_text("a wrong guess"),
            label: random_text("key of the front door"),
            secret,
        }
    }

    /// The account's name, which both sides have to know while they work.
    #[must_use]
    pub fn name_needle(&self) -> Needle {
        Needle::text("the account's name", &self.name)
    }

    /// What goes into OPAQUE in place of the new password at a server of that realm.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn new_input(&self, realm: &Realm) -> Needle {
        self.input("the input of the second password", &self.new_password, realm)
    }

    /// All that is secret about the person but the name.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn secrets(&self, realm: &Realm) -> Vec<Needle> {
        vec![
            Needle::text("the first password", &self.password),
            Needle::text("the second password", &self.new_password),
            Needle::text("a wrong password", &self.wrong_password),
            self.input("the input of the first password", &self.password, realm),
            self.new_input(realm),
            self.input("the input of a wrong password", &self.wrong_password, realm),
            Needle::text("a label", &self.label),
            Needle::bytes("an imported secret", &self.secret),
        ]
    }

    fn input(&self, what: &'static str, password: &str, realm: &Realm) -> Needle {
        let account = AccountName::prepare(&self.name).expect("it is a name");
        let password = Password::prepare(password).expect("it is a password");
        Needle::bytes(what, password.input(realm, &account).0.expose())
    }
}
