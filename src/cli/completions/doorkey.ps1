# Completions of doorkey for PowerShell. To be read in $PROFILE with:
# doorkey completions powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName 'doorkey' -ScriptBlock {
    param($current, $line, $cursor)
    $before = @($line.CommandElements |
        Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursor } |
        ForEach-Object { $_.Extent.Text.Trim('"', "'") })
    foreach ($answer in @(doorkey complete "=$current" @before 2>$null)) {
        $word, $meaning = $answer -split "`t", 2
        # Where nothing is given, PowerShell offers files by itself.
        if ($word -ne ':files') {
            if (-not $meaning) { $meaning = $word }
            [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $meaning)
        }
    }
}
