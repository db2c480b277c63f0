#compdef ckpt
# zsh completion of ckpt, made by "ckpt completion zsh".
# What is typed goes to ckpt as text: nothing on the line is expanded or run.
_ckpt() {
  local -a answer found described rest
  local prefix glob word text
  answer=("${(@0)$(command ckpt __complete zsh "${(@)words[2,CURRENT-1]}" "$QIPREFIX$IPREFIX$PREFIX" 2>/dev/null </dev/null)}")
  prefix=$answer[2] glob=$answer[3]
  if [[ $answer[1] == command ]]; then
    shift $answer[2] words
    (( CURRENT -= answer[2] ))
    _normal
    return
  fi
  [[ -n $prefix && $PREFIX == "$prefix"* ]] && compset -p $#prefix
  [[ $answer[4] == open ]] && rest=(-S '')
  for word text in "${(@)answer[5,-2]}"; do
    if [[ -n $text ]]; then described+=("${${word//\\/\\\\}//:/\\:}:$text"); else found+=("$word"); fi
  done
  local -i ret=1
  (( $#described )) && _describe -t ckpt 'ckpt' described "$rest[@]" && ret=0
  (( $#found )) && compadd "$rest[@]" -a found && ret=0
  case $answer[1] in
    files) if [[ -n $glob ]]; then _files -g "$glob" && ret=0; else _files && ret=0; fi ;;
    folders) _files -/ && ret=0 ;;
  esac
  return ret
}
if [[ $funcstack[1] == _ckpt ]]; then
  _ckpt "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
  compdef _ckpt ckpt
fi
