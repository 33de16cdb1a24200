//! The terminal: taken over for the wizard, and given back as it was, whatever happens.

use std::hint;
use std::io::{self, Stdout, Write};
use std::mem;

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, KeyEventKind, MouseButton,
    MouseEventKind,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, SetTitle, disable_raw_mode, enable_raw_mode,
};
use crossterm::{Command as _, cursor, execute};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Size};
use tokio::sync::mpsc::{Receiver, channel};
use tokio::sync::watch;
use tokio::time::Instant;

use super::background::{self, HELD_AT_MOST, Heard, Listener, PATIENCE};
use super::burst::Burst;
use super::hold::{State, TERMINAL};
use super::hyperlinks::Hyperlinks;
use super::keyboard;
use super::wizard_loop::{Input, Screen};
use crate::adapters::{gnu_screen, tmux};
use crate::guide::field::CAPACITY;
use crate::guide::{Drive, Event, Overlay, Seen, values};
use crate::text::{harmless, width};
use crate::view::theme::Background;
use crate::view::{self, Surface, Theme};

/// Has the terminal keep its title and the name of its icon, which [`SetTitle`] sets both (xterm's control sequences,
/// `CSI 22 ; 0 t`). One that does not know it leaves it out, as any other sequence.
const KEEP_TITLE: &[u8] = b"\x1b[22;0t";

/// Has the terminal take back the title that it keeps.
const TAKE_TITLE_BACK: &[u8] = b"\x1b[23;0t";

/// The terminal while the wizard has it. Given back when dropped.
pub struct TerminalScreen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    theme: Theme,
    /// The links on the screen, where the terminal can open them.
    hyperlinks: Option<Hyperlinks>,
    /// What the terminal says about itself, if it was asked.
    answer: Option<TerminalAnswer>,
    /// How large the terminal was when the plain lines were written on its own screen.
    aside: Option<Size>,
}

/// The background, once the terminal has said it.
pub type TerminalAnswer = watch::Receiver<Option<Background>>;

impl TerminalScreen {
    /// Takes the terminal over, with its mouse if the theme says so, and with links if it can open them.
    pub fn take(theme: Theme, links: bool) -> io::Result<Self> {
        // From here on: if anything fails, `give_back` has something to do.
        TERMINAL.set(State::Taken);
        let taken =
            enter(theme.mouse).and_then(|()| Terminal::new(CrosstermBackend::new(io::stdout())));
        match taken {
            Ok(terminal) => Ok(Self {
                terminal,
                theme,
                hyperlinks: links.then(Hyperlinks::default),
                answer: None,
                aside: None,
            }),
            Err(error) => {
                give_back();
                Err(error)
            }
        }
    }

    /// Asks the terminal for its background. Where the answer comes after the first frame, the next one has its colours.
    pub fn ask_for_background(&mut self, answer: TerminalAnswer) -> io::Result<()> {
        background::ask(io::stdout())?;
        self.answer = Some(answer);
        Ok(())
    }

    /// The theme, for the background that the terminal has said by now.
    fn theme(&self) -> Theme {
        let background = self.answer.as_ref().and_then(|answer| *answer.borrow());
        background.map_or(self.theme, |background| self.theme.on(background))
    }
}

impl Drop for TerminalScreen {
    fn drop(&mut self) {
        give_back();
    }
}

impl<D: Drive> Screen<D> for TerminalScreen {
    async fn make_ready(&mut self) -> io::Result<()> {
        if let Some(answer) = &mut self.answer {
            // Without one the colours stay as they are.
            tokio::time::timeout(PATIENCE, answer.changed()).await.ok();
        }
        Ok(())
    }

    fn draw(&mut self, driven: &D) -> io::Result<Seen> {
        let guide = driven.guide();
        let theme = self.theme();
        if TERMINAL.clear(State::Continued) {
            // Others may have written below the lines.
            self.aside = None;
            take_again(self.theme.mouse)?;
            TERMINAL.set(State::Resized);
        }
        // A whole frame or none: another thread may be at its last words, and has given the terminal back.
        let _whole = io::stdout().lock();
        if !TERMINAL.is(State::Taken) {
            return Ok(Seen::ALL);
        }
        if guide.overlay() == Some(Overlay::PlainLines) {
            // Once: what is drawn anew can't be selected meanwhile.
            if !TERMINAL.set(State::Aside) {
                step_aside(&values::plain_lines(guide))?;
                self.aside = Some(self.terminal.size()?);
            }
            return Ok(Seen::ALL);
        }
        if TERMINAL.is(State::Aside) {
            let size = self.terminal.size()?;
            // In another size its lines may be others.
            if self.aside.take() == Some(size) {
                take_advice_away(size)?;
            }
            enter(self.theme.mouse)?;
            TERMINAL.set(State::Resized);
        }
        execute!(io::stdout(), BeginSynchronizedUpdate)?;
        if TERMINAL.clear(State::Resized) {
            execute!(io::stdout(), Clear(ClearType::All))?;
            // A new one knows nothing of what stood on the screen, and draws all of it. `Terminal::clear` would do, but
            // asks the terminal where its cursor is, and the answer goes astray among the keys.
            self.terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
            if let Some(hyperlinks) = &mut self.hyperlinks {
                hyperlinks.forget();
            }
        }
        let hyperlinks = self.hyperlinks.as_mut();
        let (mut links, mut cursor, mut seen) = (Vec::new(), None, Seen::ALL);
        self.terminal.draw(|frame| {
            let surface = view::render(guide, &theme, frame);
            cursor = surface.cursor;
            seen = surface.seen();
            if let Some(hyperlinks) = hyperlinks {
                links = hyperlinks.take(surface.links, frame.buffer_mut());
            }
        })?;
        for link in &links {
            link.write(self.terminal.backend_mut())?;
        }
        // The cursor went along.
        if let Some(cursor) = cursor.filter(|_| !links.is_empty()) {
            self.terminal.set_cursor_position(cursor)?;
        }
        execute!(io::stdout(), EndSynchronizedUpdate)?;
        Ok(seen)
    }

    fn surface(&self, driven: &D) -> io::Result<Surface> {
        let mut buffer = Buffer::empty(self.terminal.size()?.into());
        Ok(view::draw(driven.guide(), &self.theme, &mut buffer))
    }

    fn has_room(&self) -> io::Result<bool> {
        Ok(view::has_room(self.terminal.size()?))
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        let mut sequence = String::new();
        let command = CopyToClipboard::to_clipboard_from(text);
        command
            .write_ansi(&mut sequence)
            .map_err(io::Error::other)?;
        let mut stdout = io::stdout();
        if gnu_screen::is_around() {
            stdout.write_all(&gnu_screen::past(&sequence))?;
        } else {
            stdout.write_all(sequence.as_bytes())?;
        }
        if tmux::is_around() {
            // Where tmux lets programs speak to the terminal outside (`allow-passthrough`); otherwise it drops this.
            stdout.write_all(past_tmux(&sequence).as_bytes())?;
        }
        stdout.flush()
    }

    fn call_back(&mut self, title: &str) -> io::Result<()> {
        let mut stdout = io::stdout();
        // Only once: what was kept first is the title to be given back.
        if !TERMINAL.set(State::Titled) {
            stdout.write_all(KEEP_TITLE)?;
        }
        execute!(stdout, SetTitle(title))?;
        stdout.write_all(b"\x07")?;
        stdout.flush()
    }

    #[cfg(unix)]
    fn suspend(&mut self) -> io::Result<()> {
        give_back();
        // As a terminal does with Ctrl-Z: the whole job is stopped, for whoever started doorkey and waits for it would
        // otherwise keep the shell waiting, too. The default action of SIGTSTP stops this process here, until somebody
        // continues it.
        TERMINAL.clear(State::Continued);
        rustix::process::kill_current_process_group(rustix::process::Signal::TSTP)?;
        wait_to_be_continued();
        TERMINAL.set(State::Continued);
        Ok(())
    }

    #[cfg(not(unix))]
    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A sequence for the terminal outside of tmux (tmux's FAQ, "What is the passthrough escape sequence").
fn past_tmux(sequence: &str) -> String {
    format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b"))
}

/// Another thread may be the one that takes the signal and stops the process; until then this one must not touch the
/// terminal again. Where nobody could continue the process, in a job without a shell, the system does not stop it at all:
/// then this gives up, and the wizard goes on.
#[cfg(unix)]
fn wait_to_be_continued() {
    use std::thread;
    use std::time::{Duration, Instant};

    const STOPS_WITHIN: Duration = Duration::from_millis(500);
    const LOOK: Duration = Duration::from_millis(5);
    let asked = Instant::now();
    while !TERMINAL.is(State::Continued) && asked.elapsed() < STOPS_WITHIN {
        thread::sleep(LOOK);
    }
}

fn enter(mouse: bool) -> io::Result<()> {
    TERMINAL.clear(State::Aside);
    enable_raw_mode()?;
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        // A doorkey that was killed leaves the terminal on this screen, with its last picture.
        Clear(ClearType::All),
        EnableBracketedPaste
    )?;
    if mouse {
        listen_to_mouse()?;
    }
    Ok(())
}

/// Goes back to the terminal's own screen. Where it has only this one, over mosh and by default in GNU Screen, nothing of the picture
/// stays among what follows.
fn leave() -> io::Result<()> {
    execute!(
        io::stdout(),
        Clear(ClearType::All),
        cursor::MoveTo(0, 0),
        LeaveAlternateScreen
    )
}

/// Shows lines on the terminal's own screen, where it wraps them itself and selects each whole, without the mouse of the wizard.
fn step_aside(lines: &[String]) -> io::Result<()> {
    let mut stdout = io::stdout();
    execute!(stdout, DisableMouseCapture, cursor::Show)?;
    leave()?;
    let around = [String::new(), Overlay::PLAIN_LINES_ADVICE.to_owned()];
    for line in lines.iter().chain(&around) {
        write!(stdout, "{}\r\n", harmless(line, CAPACITY))?;
    }
    stdout.flush()
}

/// Takes away what was said below the lines: it holds only until somebody goes back. The lines may be wanted again.
fn take_advice_away(size: Size) -> io::Result<()> {
    let columns = usize::from(size.width.max(1));
    let rows = width(Overlay::PLAIN_LINES_ADVICE).div_ceil(columns) + 1;
    let up = cursor::MoveUp(u16::try_from(rows).unwrap_or(u16::MAX));
    execute!(io::stdout(), up, Clear(ClearType::FromCursorDown))
}

/// Presses and the wheel (1000), with places beyond column 223 (1006); crossterm would ask for each move of the mouse, too,
/// and every one would wake us up.
#[cfg(unix)]
fn listen_to_mouse() -> io::Result<()> {
    let mut stdout = io::stdout();
    stdout.write_all(b"\x1b[?1000h\x1b[?1006h")?;
    stdout.flush()
}

#[cfg(not(unix))]
fn listen_to_mouse() -> io::Result<()> {
    execute!(io::stdout(), crossterm::event::EnableMouseCapture)
}

/// Takes the terminal over as at the start, whatever was done to it in the meantime.
fn take_again(mouse: bool) -> io::Result<()> {
    TERMINAL.set(State::Taken);
    // Without this, crossterm would believe that raw mode still holds.
    disable_raw_mode()?;
    enter(mouse)
}

/// Gives the terminal back, if it is taken, and says whether it was. Errors are of no use to anyone here.
pub fn give_back() -> bool {
    let was_taken = TERMINAL.clear(State::Taken);
    if was_taken {
        if TERMINAL.clear(State::Titled) {
            io::stdout().write_all(TAKE_TITLE_BACK).ok();
        }
        execute!(
            io::stdout(),
            // A frame may have been cut off half-way.
            EndSynchronizedUpdate,
            DisableBracketedPaste,
            DisableMouseCapture,
            cursor::Show
        )
        .ok();
        // Leaving it twice would take the cursor back to where it was at the start.
        if !TERMINAL.clear(State::Aside) {
            leave().ok();
        }
        disable_raw_mode().ok();
    }
    was_taken
}

/// How many keys may wait: those that are held down come while a frame is drawn.
const WAITING: usize = 4096;

/// Keys, pastes, resizes and the signals that end a program, as the wizard knows them; and what the terminal answers when
/// it is asked, which comes the same way as the keys. A paste is one, too, where the terminal does not mark it.
pub fn input() -> io::Result<(Receiver<Input>, TerminalAnswer)> {
    let mut signals = Signals::new()?;
    let mut resizes = Resizes::new()?;
    let mut portions = keyboard::portions()?;
    let (sender, receiver) = channel(WAITING);
    let (background, answer) = watch::channel(None);
    tokio::spawn(async move {
        let mut listener = Listener::default();
        let mut burst = Burst::default();
        loop {
            let mut sent = None;
            let told = tokio::select! {
                // What waits is taken in before the burst is taken to be over.
                biased;
                event = signals.next() => {
                    sent = Some(event);
                    burst.end()
                }
                // Another size says nothing about the text around it.
                () = resizes.next() => {
                    burst.take_in_one(crossterm::event::Event::Resize(0, 0), Instant::now());
                    burst.end_unless_awaited()
                }
                portion = portions.recv() => {
                    let Some(mut portion) = portion else {
                        // The terminal is gone: nobody is left to ask.
                        sender.send(Event::Terminated.into()).await.ok();
                        return;
                    };
                    for event in taken_out_of(&mut portion) {
                        match listener.hear(event) {
                            Heard::Held => {}
                            Heard::Events(events) => burst.take_in(events, Instant::now()),
                            Heard::Answer(said) => {
                                background.send_replace(said);
                                // Only the picture is another one.
                                sent = Some(Event::Resized);
                            }
                        }
                    }
                    burst.end_unless_awaited()
                }
                () = tokio::time::sleep(burst.patience()), if !burst.patience().is_zero() => burst.end(),
                () = tokio::time::sleep(HELD_AT_MOST), if listener.is_holding() => {
                    burst.take_in(listener.release(), Instant::now());
                    burst.end_unless_awaited()
                }
            };
            let told = told.into_iter().filter_map(translate);
            for event in told.chain(sent.map(Input::Event)) {
                let is_last = matches!(event, Input::Event(Event::Terminated));
                if sender.send(event).await.is_err() || is_last {
                    return;
                }
            }
        }
    });
    Ok((receiver, answer))
}

/// Takes the events out of a portion and overwrites them there: what was typed may be a secret.
fn taken_out_of(
    portion: &mut [crossterm::event::Event],
) -> impl Iterator<Item = crossterm::event::Event> {
    portion.iter_mut().map(|event| {
        let taken = mem::replace(event, crossterm::event::Event::FocusLost);
        // Nobody reads it again, which is no reason to leave it as it was.
        hint::black_box(event);
        taken
    })
}

/// The signals that end a program, and the one with which a stopped one goes on, and nothing else: where lines are read,
/// keys are the terminal's own matter.
pub fn signals<T: From<Event> + Send + 'static>() -> io::Result<Receiver<T>> {
    let mut signals = Signals::new()?;
    let (sender, receiver) = channel(1);
    tokio::spawn(async move {
        loop {
            if sender.send(signals.next().await.into()).await.is_err() {
                return;
            }
        }
    });
    Ok(receiver)
}

/// How many lines one notch of the wheel is.
const NOTCH: i16 = 3;

fn translate(event: crossterm::event::Event) -> Option<Input> {
    use crossterm::event::Event as Told;
    Some(match event {
        Told::Key(key) if key.kind != KeyEventKind::Release => Input::Event(Event::Key(key)),
        Told::Paste(text) => Input::Event(Event::Paste(text)),
        Told::Resize(..) => {
            TERMINAL.set(State::Resized);
            Input::Event(Event::Resized)
        }
        Told::Mouse(mouse) => match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                Input::Click(Position::new(mouse.column, mouse.row))
            }
            MouseEventKind::ScrollDown => Input::Event(Event::Wheel(NOTCH)),
            MouseEventKind::ScrollUp => Input::Event(Event::Wheel(-NOTCH)),
            _ => return None,
        },
        _ => return None,
    })
}

/// Hears of another size of the terminal.
#[cfg(unix)]
struct Resizes(tokio::signal::unix::Signal);

#[cfg(unix)]
impl Resizes {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::window_change()).map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}

/// They come among the keys.
#[cfg(not(unix))]
struct Resizes;

#[cfg(not(unix))]
impl Resizes {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        std::future::pending().await
    }
}

/// The signals that concern the screen.
struct Signals {
    #[cfg(unix)]
    ends: [tokio::signal::unix::Signal; 4],
    #[cfg(unix)]
    goes_on: tokio::signal::unix::Signal,
    #[cfg(windows)]
    ends: crate::adapters::console::Ends,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let goes_on = rustix::process::Signal::CONT.as_raw();
        Ok(Self {
            ends: [
                // Ctrl-C is a key while the wizard has the terminal; this one comes from elsewhere.
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
                signal(SignalKind::hangup())?,
                // Its default would leave the terminal as it is now.
                signal(SignalKind::quit())?,
            ],
            goes_on: signal(SignalKind::from_raw(goes_on))?,
        })
    }

    /// Waits for the next one, and says what it means for the wizard.
    async fn next(&mut self) -> Event {
        let [interrupt, terminate, hang_up, quit] = &mut self.ends;
        tokio::select! {
            _ = interrupt.recv() => Event::Terminated,
            _ = terminate.recv() => Event::Terminated,
            _ = hang_up.recv() => Event::Terminated,
            _ = quit.recv() => Event::Terminated,
            _ = self.goes_on.recv() => {
                TERMINAL.set(State::Continued);
                // What has to be drawn again is found out there.
                Event::Resized
            }
        }
    }
}

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        let ends = crate::adapters::console::Ends::listen()?;
        Ok(Self { ends })
    }

    async fn next(&mut self) -> Event {
        self.ends.next().await;
        Event::Terminated
    }
}
