//! What touches the world: sockets, the clipboard, the browser, files. Each adapter observes or acts and returns a
//! value; what it means is judged elsewhere.

pub mod agent_socket;
pub mod browser;
pub mod clipboard;
#[cfg(windows)]
pub(crate) mod console;
pub mod detached;
pub mod gnu_screen;
pub mod identity_file;
pub mod key_file;
pub mod log_file;
pub mod network;
pub mod passphrase;
mod plain_file;
pub mod rest;
pub mod room;
pub mod ssh;
pub mod ssh_files;
pub mod store;
pub mod text_file;
pub mod tmux;
#[cfg(unix)]
pub(crate) mod unseen;
mod whole_file;
