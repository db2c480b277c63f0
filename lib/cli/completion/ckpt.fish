# fish completion of ckpt, made by "ckpt completion fish".
# What is typed goes to ckpt as text: nothing on the line is expanded or run.
function __ckpt_complete
    set -l line (commandline -cp | string collect)
    set -l answer (command ckpt __complete fish $line 2>/dev/null </dev/null | string split0)
    switch "$answer[1]"
        case command
            # The command behind "--" completes itself.
            complete -C "$answer[2]" | string join0
        case words
            set -q answer[3]; and string join0 -- $answer[3..-1]
    end
end
complete -c ckpt -e
complete -c ckpt -f -a '(__ckpt_complete | string split0)'
