# bash completion of ckpt, made by "ckpt completion bash". For bash 3.2 and later, with or without the package bash-completion.
# What is typed goes to ckpt as text: nothing on the line is expanded or run.
_ckpt() {
  local kind='' line at
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ -z $kind ]]; then kind=$line; else COMPREPLY[${#COMPREPLY[@]}]=$line; fi
  done < <(command ckpt __complete bash "$COMP_WORDBREAKS" "${COMP_LINE:0:$COMP_POINT}" 2>/dev/null </dev/null)
  case $kind in
    # Readline shows names without their folders then, and lets quotes stay open behind a folder. The words are quoted already.
    paths) compopt -o filenames -o noquote 2>/dev/null ;;
    command)
      # The command behind "--" completes itself. In COMP_WORDS a value "--" of an option stands behind a "=".
      for ((at = 1; at < COMP_CWORD; at++)); do
        [[ ${COMP_WORDS[at]} == -- && ${COMP_WORDS[at - 1]} != = ]] && break
      done
      if declare -F _comp_command_offset >/dev/null; then
        COMPREPLY=()
        compopt +o nospace 2>/dev/null
        _comp_command_offset $((at + 1))
      elif declare -F _command_offset >/dev/null; then
        COMPREPLY=()
        compopt +o nospace 2>/dev/null
        _command_offset $((at + 1))
      fi
      ;;
  esac
  return 0
}
# Words come with the space that stands behind them: in bash 3.2 there is no other way to leave it out behind a folder.
complete -o nospace -F _ckpt ckpt
