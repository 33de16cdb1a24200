//! What tools write behind a repository in its address: `@v1.18`, `#main`, `?ref=main`, `//modules/vpc`.

use super::Refusal;
use super::paste::Wrapper;
use super::written::Form;

const GIT: &str = ".git";

/// The path without what is behind the repository, and what that was.
pub(super) fn cut(path: &str, form: Form) -> Result<(&str, Vec<Wrapper>), Refusal> {
    let mut wrappers = Vec::new();
    let mut note = |wrapper, before: usize, after: &str| {
        // Pages have queries and deeper paths; those need no words.
        if after.len() < before && form == Form::Ssh {
            wrappers.push(wrapper);
        }
    };
    let mut rest = &path[..path.find(['?', '#']).unwrap_or(path.len())];
    note(Wrapper::Ref, path.len(), rest);
    if let Some(at) = behind_name(rest, '@', form) {
        refuse_host(&rest[at + 1..])?;
        note(Wrapper::Ref, rest.len(), &rest[..at]);
        if form != Form::Ssh {
            wrappers.push(Wrapper::Ref);
        }
        rest = &rest[..at];
    }
    if form == Form::Ssh {
        for (mark, wrapper) in [
            ("//", Wrapper::Folder),
            (".git:", Wrapper::Ref),
            (".git/", Wrapper::Folder),
        ] {
            let keep = if mark.starts_with(GIT) { GIT.len() } else { 0 };
            let found = rest
                .match_indices(mark)
                .map(|(at, _)| at + keep)
                .find(|&at| parts(&rest[..at]) >= 2);
            if let Some(at) = found {
                if !rest[at..].trim_matches('/').is_empty() {
                    wrappers.push(wrapper);
                }
                rest = &rest[..at];
            }
        }
        if rest.contains('@') {
            refuse_host(rest.rsplit('@').next().unwrap_or_default())?;
        }
    }
    let trimmed = rest.trim_end_matches('/');
    let name = without_git(trimmed);
    if has_git(name) {
        wrappers.push(Wrapper::SecondSuffix);
    }
    Ok((rest, wrappers))
}

fn parts(path: &str) -> usize {
    path.split('/').filter(|part| !part.is_empty()).count()
}

fn has_git(name: &str) -> bool {
    name.len() > GIT.len()
        && name
            .get(name.len() - GIT.len()..)
            .is_some_and(|end| end.eq_ignore_ascii_case(GIT))
}

fn without_git(name: &str) -> &str {
    if has_git(name) {
        &name[..name.len() - GIT.len()]
    } else {
        name
    }
}

/// Where the mark is that begins a branch or tag: behind `.git`, or in the second name, which can't hold one.
fn behind_name(path: &str, mark: char, form: Form) -> Option<usize> {
    path.match_indices(mark).map(|(at, _)| at).find(|&at| {
        let before = &path[..at];
        has_git(before) || (parts(before) == 2 && !before.ends_with('/') && !is_deep(path, form))
    })
}

/// On the web the second part may be a fixed word of Data Center's, with names behind it.
fn is_deep(path: &str, form: Form) -> bool {
    form != Form::Ssh
        && super::data_center::is_web_path(&path.split('/').map(str::to_owned).collect::<Vec<_>>())
}

/// Where a host follows an @, what was read so far may be a password with a slash in it.
fn refuse_host(behind: &str) -> Result<(), Refusal> {
    let first = behind.split('/').next().unwrap_or_default();
    let is_host = behind.contains(':') || (behind.contains('/') && first.contains('.'));
    if is_host {
        return Err(Refusal::not_an_address(
            "There is an @ in its path, with another host behind it.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_behind_a_repository_is_cut_off() {
        let cases: [(&str, &str, &[Wrapper]); 12] = [
            ("acme/x.git", "acme/x.git", &[]),
            ("acme/x.git@v1.18", "acme/x.git", &[Wrapper::Ref]),
            ("acme/x@feature/y", "acme/x", &[Wrapper::Ref]),
            ("acme/x.git#main:folder", "acme/x.git", &[Wrapper::Ref]),
            ("acme/x.git?ref=main", "acme/x.git", &[Wrapper::Ref]),
            (
                "acme/x//modules/vpc?ref=v1",
                "acme/x",
                &[Wrapper::Ref, Wrapper::Folder],
            ),
            ("/acme//x.git/", "/acme//x.git", &[]),
            ("acme/x.git:main", "acme/x.git", &[Wrapper::Ref]),
            ("acme/x.git/info/refs", "acme/x.git", &[Wrapper::Folder]),
            ("acme/x.git.git", "acme/x.git.git", &[Wrapper::SecondSuffix]),
            ("acme/x/src/@types", "acme/x/src/@types", &[]),
            ("acme/.git", "acme/.git", &[]),
        ];
        for (path, expected, wrappers) in cases {
            let found = cut(path, Form::Ssh).expect(path);
            assert_eq!(found, (expected, wrappers.to_vec()), "{path}");
        }
        assert!(cut("pa/ss@bitbucket.org/acme/x", Form::Ssh).is_err());
        assert!(cut("pa/ss@bitbucket.org:acme/x", Form::Ssh).is_err());
    }
}
