# Completions of doorkey for fish. To be kept as ~/.config/fish/completions/doorkey.fish, or read with:
# doorkey completions fish | source

function __doorkey_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -e words[1]
    set -l current (commandline --current-token --cut-at-cursor)
    for line in (doorkey complete "=$current" $words 2>/dev/null)
        set -l parts (string split --max 1 \t -- $line)
        if test "$parts[1]" = :files
            set -l before $parts[2]
            set -l name (string sub --start (math (string length -- "$before") + 1) -- "$current")
            for file in (__fish_complete_path "$name")
                echo -- $before$file
            end
        else
            echo -- $line
        end
    end
end

complete --command doorkey --no-files --keep-order --arguments '(__doorkey_complete)'
