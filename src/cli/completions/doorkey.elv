# Completions of doorkey for elvish. To be read in rc.elv with: eval (doorkey completions elvish | slurp)

use str

set edit:completion:arg-completer[doorkey] = {|@words|
    var current = $words[-1]
    doorkey complete '='$current (all $words[1..-1]) | from-lines | each {|line|
        var word meaning = (str:split &max=2 "\t" $line)
        if (eq $word :files) {
            # Of --key=FILE, the file's name; before it stands what the line says.
            edit:complete-filename (str:trim-prefix $current $meaning) | each {|file|
                edit:complex-candidate $meaning$file[stem] &code-suffix=$file[code-suffix] &display=$file[display]
            }
        } elif (eq $meaning '') {
            put $word
        } else {
            edit:complex-candidate $word &code-suffix=' ' &display=$word'  '$meaning
        }
    }
}
