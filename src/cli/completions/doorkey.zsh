#compdef doorkey
# Completions of doorkey for zsh. To be kept as _doorkey in a folder of $fpath, or read, after compinit, with:
# source <(doorkey completions zsh)

_doorkey() {
    local -a answer candidates
    local line word
    answer=("${(@f)$(doorkey complete "=${(Q)PREFIX}" "${(@Q)words[2,CURRENT-1]}" 2>/dev/null)}")
    for line in $answer; do
        word=${line%%$'\t'*}
        if [[ $word == :files ]]; then
            # In --key=FILE the file begins behind the equals sign.
            compset -P '--*='
            _files
            return
        fi
        candidates+=("${word//:/\\:}:${line#*$'\t'}")
    done
    _describe -V doorkey candidates
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _doorkey "$@"
else
    compdef _doorkey doorkey
fi
