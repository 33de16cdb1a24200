//! Hearing that the program shall end, for what goes on for a while.

/// Waits until the program is told to end: by Ctrl-C, by SIGTERM, by SIGQUIT or because its terminal goes away. Listens from
/// the first poll on. Asking for a passphrase (`adapters::passphrase`) takes the default of these signals away for good, so
/// that whatever follows it has to listen.
#[cfg(unix)]
pub(super) async fn told_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
        SignalKind::quit(),
    ];
    // One that can't be listened for keeps its default, which ends the program as well.
    let mut signals: Vec<_> = kinds
        .into_iter()
        .filter_map(|kind| signal(kind).ok())
        .collect();
    if signals.is_empty() {
        return std::future::pending().await;
    }
    let heard = signals.iter_mut().map(|signal| Box::pin(signal.recv()));
    futures::future::select_all(heard).await;
}

/// Waits until the program is told to end: by Ctrl-C or Ctrl-Break, or because its window, its session or Windows ends.
#[cfg(windows)]
pub(super) async fn told_to_end() {
    match crate::adapters::console::Ends::listen() {
        Ok(mut ends) => ends.next().await,
        // Without a way to hear of it, the system ends the program on its own.
        Err(_) => std::future::pending().await,
    }
}
