//! How long a connection may wait for its next request.
//!
//! The HTTP library limits the time of a connection's first head, and the time without a byte after an answer. Once a byte of a
//! second head has come, it waits for the rest for ever. So whoever sends a byte and no more would hold a connection as long as
//! they like, and with enough of them nobody else would get one.

use std::any::Any;
use std::cell::Cell;
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::Extensions;
use actix_web::rt;
use actix_web::rt::net::TcpStream;
use actix_web::rt::task::JoinHandle;

/// How long a connection stays open after an answer where nothing more comes.
pub(crate) const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// Kept beside a connection, and gone with it.
pub(crate) struct Connection {
    activity: Rc<Activity>,
    watch: JoinHandle<()>,
}

struct Activity {
    /// Requests whose head has come and whose answer has not been made.
    requests: Cell<u32>,
    /// When the last of them ended, or when the connection was made.
    last: Cell<Instant>,
}

impl Activity {
    fn is_idle_since(&self) -> Option<Instant> {
        (self.requests.get() == 0).then(|| self.last.get())
    }
}

/// A request that is under way.
pub(crate) struct UnderWay(Rc<Activity>);

impl Connection {
    /// What to do with each new connection, so that it is cut where no request has begun for `limit`.
    pub(crate) fn watch(limit: Duration) -> impl Fn(&dyn Any, &mut Extensions) + Clone + Send + Sync + 'static {
        move |connection, data| {
            let Some(tls) = connection.downcast_ref::<TlsStream<TcpStream>>() else { return };
            // The connection is the library's; it can be ended from outside over a second descriptor of the same socket.
            let Ok(socket) = tls.get_ref().0.as_fd().try_clone_to_owned() else { return };
            let activity = Rc::new(Activity { requests: Cell::new(0), last: Cell::new(Instant::now()) });
            let watch = rt::spawn(cut_when_idle(socket.into(), Rc::clone(&activity), limit));
            data.insert(Self { activity, watch });
        }
    }

    /// A request begins. It is under way until the answer is dropped.
    pub(crate) fn begin(&self) -> UnderWay {
        self.activity.requests.set(self.activity.requests.get() + 1);
        UnderWay(Rc::clone(&self.activity))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Its descriptor would keep the socket open.
        self.watch.abort();
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.requests.set(self.0.requests.get() - 1);
        self.0.last.set(Instant::now());
    }
}

async fn cut_when_idle(socket: std::net::TcpStream, activity: Rc<Activity>, limit: Duration) {
    loop {
        let since = activity.is_idle_since().unwrap_or_else(Instant::now);
        let left = (since + limit).saturating_duration_since(Instant::now());
        if left.is_zero() {
            // It may have ended by itself.
            let _ = socket.shutdown(Shutdown::Both);
            return;
        }
        rt::time::sleep(left).await;
    }
}
