# Completions of doorkey for bash. To be kept as
# ~/.local/share/bash-completion/completions/doorkey, or read with: source <(doorkey completions bash)

_doorkey() {
    local IFS=$' \t\n'
    # The words as blanks part them: bash also parts at = and :, which stand in options and addresses.
    local -a words
    read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
    local current=
    if [[ ${COMP_LINE:0:COMP_POINT} != *[[:blank:]] ]]; then
        current=${words[${#words[@]} - 1]}
        unset "words[${#words[@]} - 1]"
    fi
    current=${current#[\"\']}
    # What stands before the part of the word that bash replaces.
    local before=${current%"$2"} word
    COMPREPLY=()
    while IFS=$'\t' read -r word _; do
        if [[ $word == :files ]]; then
            compopt -o filenames 2>/dev/null
            while IFS= read -r word; do
                COMPREPLY+=("$word")
            done < <(compgen -f -- "$2")
        else
            COMPREPLY+=("${word#"$before"}")
        fi
    done < <(doorkey complete "=$current" "${words[@]:1}" 2>/dev/null)
}

# In doorkey's own order, from bash 4.4 on.
complete -o nosort -F _doorkey doorkey 2>/dev/null || complete -F _doorkey doorkey
