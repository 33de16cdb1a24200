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

/// Waits for Ctrl-C.
#[cfg(not(unix))]
pub(super) async fn told_to_end() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a way to hear of it, the system ends the program by itself.
        std::future::pending::<()>().await;
    }
}
