#!/bin/sh
{ # The shell reads up to the closing brace before it does anything: a script that was cut off on its way does nothing.
# Installs, updates and removes ckpt on Linux and macOS. See usage() below.
# It finds the build for this machine, checks it against SHA256SUMS, tries it, and moves it into place in one step.
# No shell profile is changed. Nothing is sent anywhere; the only requests are those for the files of the release.
set -eu
umask 022

# What `bun scripts/release/installers.ts` fills in from package.json and scripts/release/.
RELEASES_URL='https://github.com/OWNER/ckpt/releases'
PUBLIC_KEY=''
# targets: begin
# Made from scripts/release/targets.ts.
TARGETS='linux-x64, linux-arm64, linux-x64-musl, linux-arm64-musl, darwin-x64, darwin-arm64'
target_of() { # SYSTEM MACHINE LIBC
  case "$1 $2 $3" in
    "Linux x86_64 glibc" | "Linux amd64 glibc") echo linux-x64 ;;
    "Linux aarch64 glibc" | "Linux arm64 glibc") echo linux-arm64 ;;
    "Linux x86_64 musl" | "Linux amd64 musl") echo linux-x64-musl ;;
    "Linux aarch64 musl" | "Linux arm64 musl") echo linux-arm64-musl ;;
    "Darwin x86_64 ") echo darwin-x64 ;;
    "Darwin arm64 ") echo darwin-arm64 ;;
  esac
}
# targets: end

usage() {
  cat <<END
Installs ckpt, or updates it:
  curl -fsSL $RELEASES_URL/latest/download/install.sh | sh
  wget -qO- $RELEASES_URL/latest/download/install.sh | sh
Options follow "sh -s --", as in: curl … | sh -s -- --uninstall
  --version VERSION  install this version; default: the newest      (CKPT_VERSION)
  --dir DIR          put ckpt here; default: /usr/local/bin for root,
                     ~/.local/bin for others                        (CKPT_INSTALL)
  --base-url URL     where the releases are, on a mirror            (CKPT_BASE_URL)
  --uninstall        remove ckpt from DIR; checkpoints stay
  --help             show this
END
}

# say ENGLISH CHINESE: tells the person something, in the language that ckpt would use.
say() {
  if [ "$language" = zh ]; then printf '%s\n' "$2" >&2; else printf '%s\n' "$1" >&2; fi
}

fail() {
  say "install.sh: $1" "install.sh：$2"
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

choose_language() {
  language=en
  for locale in "${CKPT_LANG:-}" "${LC_ALL:-}" "${LC_MESSAGES:-}" "${LANG:-}"; do
    [ -n "$locale" ] || continue
    case $locale in zh | zh[_.@-]*) language=zh ;; esac
    return
  done
}

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --version=* | --dir=* | --base-url=*) value=${1#*=} ;;
      --version | --dir | --base-url)
        [ $# -gt 1 ] || fail "$1 needs a value" "$1 需要一个值"
        value=$2 ;;
    esac
    case $1 in
      --version | --version=*) version=$value ;;
      --dir | --dir=*) dir=$value ;;
      --base-url | --base-url=*) base_url=$value ;;
      --uninstall) action=uninstall ;;
      --help | -h) usage; exit 0 ;;
      *) fail "unknown option $1; --help shows those there are" "未知选项 $1；--help 列出全部选项" ;;
    esac
    case $1 in --version | --dir | --base-url) shift 2 ;; *) shift ;; esac
  done
}

# Sets target to the name of this machine's build.
find_target() {
  system=$(uname -s) machine=$(uname -m) libc=
  case $system in
    Linux)
      libc=glibc
      [ "$(uname -o 2>/dev/null)" != Android ] || libc=bionic
      # A 64-bit kernel may carry a 32-bit system.
      ! has getconf || [ "$(getconf LONG_BIT 2>/dev/null)" != 32 ] || machine="$machine (32-bit)"
      # The ldd of musl says so on standard error, and exits with 1. Some small systems have no ldd.
      if has ldd; then
        if ldd --version 2>&1 | grep -qi musl; then libc=musl; fi
      elif ls /lib/ld-musl-* >/dev/null 2>&1; then libc=musl; fi ;;
    Darwin)
      # Under Rosetta an Apple processor calls itself x86_64.
      [ "$(sysctl -n sysctl.proc_translated 2>/dev/null)" != 1 ] || machine=arm64 ;;
    MINGW* | MSYS* | CYGWIN* | Windows_NT)
      fail "on Windows use PowerShell: irm $base_url/latest/download/install.ps1 | iex" \
        "在 Windows 上请用 PowerShell：irm $base_url/latest/download/install.ps1 | iex" ;;
  esac
  target=$(target_of "$system" "$machine" "$libc")
  [ -n "$target" ] || fail "there is no build for $system on $machine${libc:+ with $libc}. There are: $TARGETS. ckpt can be built from source: see its README" \
    "没有适用于 $system $machine${libc:+（$libc）} 的版本。现有：$TARGETS。也可以从源代码构建，见 README"
}

# Everything that is needed is looked for before anything is downloaded.
find_tools() {
  for tool in uname mktemp tar gzip grep sed find cp mv chmod mkdir rm; do
    has "$tool" || fail "$tool is not installed, and it is needed" "缺少所需的工具 $tool"
  done
  # curl as a snap cannot write to hidden folders.
  if has curl && [ "$(command -v curl)" != /snap/bin/curl ]; then downloader=curl
  elif has wget; then downloader=wget
  else fail "neither curl nor wget is installed, and one of them is needed" "curl 和 wget 均未安装，需要其中之一"; fi
  if has sha256sum; then hasher='sha256sum'
  elif has shasum; then hasher='shasum -a 256'
  elif has openssl; then hasher='openssl dgst -sha256 -r'
  else fail "none of sha256sum, shasum and openssl is installed: a download could not be checked. Nothing was downloaded" \
    "sha256sum、shasum 和 openssl 均未安装，无法校验下载内容。没有下载任何文件"; fi
}

choose_dir() {
  if [ -z "$dir" ]; then
    if [ "$(id -u)" = 0 ]; then dir=/usr/local/bin
    elif [ -n "${HOME:-}" ]; then dir=$HOME/.local/bin
    else fail "HOME is not set: name a folder with --dir" "未设置 HOME：请用 --dir 指定目录"; fi
  fi
  while [ "$dir" != / ] && [ "${dir%/}" != "$dir" ]; do dir=${dir%/}; done
  case $dir in /*) ;; *) dir=$PWD/$dir ;; esac
  # Manual and completion go into the share/ beside bin/; but ~/bin does not get a ~/share.
  share=
  case $dir in
    /usr/local/bin | */.local/bin) share=${dir%/bin}/share ;;
    */bin) [ ! -d "${dir%/bin}/share" ] || share=${dir%/bin}/share ;;
  esac
  [ ! -d "$dir/ckpt" ] || fail "$dir/ckpt is a folder: choose another folder with --dir" "$dir/ckpt 是一个目录：请用 --dir 另选目录"
  # npm, Homebrew and their like put links into such folders, and would be confused.
  [ ! -L "$dir/ckpt" ] || fail "$dir/ckpt is a link, probably of another package manager: remove it there, or choose another folder with --dir" \
    "$dir/ckpt 是一个链接，可能由其他包管理器创建：请先用它卸载，或用 --dir 另选目录"
}

download() { # URL FILE
  if [ "$downloader" = wget ]; then
    # No -T: the wget of busybox 1.35 dies of it.
    wget -q -O "$2" "$1" </dev/null
    return
  fi
  only='=https,http' progress=--silent
  case $1 in https:*) only='=https' ;; esac
  case $1 in *.tar.gz) [ ! -t 2 ] || progress=--progress-bar ;; esac
  curl -fL --show-error "$progress" --proto "$only" --retry 3 --connect-timeout 30 --speed-limit 1 --speed-time 60 -o "$2" "$1" </dev/null
}

get() { # URL FILE
  download "$1" "$2" || fail "cannot download $1${version:+. Is there a version $version?}" "无法下载 $1${version:+。版本 $version 是否存在？}"
}

check_signature() {
  [ -n "$PUBLIC_KEY" ] || return 0
  if ! has minisign; then
    say "the signature was not checked: minisign is not installed" "未校验签名：minisign 未安装"
    return
  fi
  get "$url/SHA256SUMS.minisig" "$work/SHA256SUMS.minisig"
  minisign -Vq -P "$PUBLIC_KEY" -m "$work/SHA256SUMS" >/dev/null 2>&1 ||
    fail "the signature of SHA256SUMS is wrong. Nothing was installed" "SHA256SUMS 的签名不正确。没有安装任何文件"
  say "signature: good" "签名：正确"
}

# Downloads this machine's archive, and unpacks it where it is what SHA256SUMS names.
fetch() {
  archive=ckpt-$target.tar.gz
  if [ -n "$version" ]; then url=$base_url/download/v$version; else url=$base_url/latest/download; fi
  get "$url/SHA256SUMS" "$work/SHA256SUMS"
  check_signature
  line=$(grep -E "^[0-9a-f]{64} [ *]$archive\$" "$work/SHA256SUMS") ||
    fail "$url/SHA256SUMS does not name $archive: this release has no build for this machine, or something on the way answered instead of the server" \
      "$url/SHA256SUMS 中没有 $archive：该版本没有适用于本机的构建，或者途中有别的服务代为应答"
  say "downloading $url/$archive" "正在下载 $url/$archive"
  get "$url/$archive" "$work/$archive"
  wanted=${line%% *}
  found=$($hasher "$work/$archive") || fail "$hasher does not work here. Nothing was installed" "$hasher 在本机无法工作。没有安装任何文件"
  found=${found%% *}
  [ "$found" = "$wanted" ] || fail "the download is not what SHA256SUMS names. Nothing was installed
  wanted $wanted
  found  $found" "下载内容与 SHA256SUMS 不符。没有安装任何文件
  应为 $wanted
  实为 $found"
  gzip -dc "$work/$archive" | tar -xf - -C "$work" || fail "cannot unpack $archive in $dir: is the disk full?" "无法在 $dir 中解压 $archive：磁盘是否已满？"
  unpacked=$work/ckpt-$target
}

# Runs the new program before anybody depends on it. Sets installed to what it calls itself.
try_program() {
  installed=$("$unpacked/ckpt" --version </dev/null 2>&1) || {
    case $target in
      *-musl) say "It needs libstdc++: apk add libstdc++" "它需要 libstdc++：apk add libstdc++" ;;
      darwin-*) say "It needs macOS 13 or newer." "它需要 macOS 13 或更高版本。" ;;
      *) say "It needs glibc 2.17 or newer." "它需要 glibc 2.17 或更高版本。" ;;
    esac
    fail "the program does not run here: $installed" "程序无法在本机运行：$installed"
  }
  [ -z "$version" ] || [ "$installed" = "ckpt $version" ] ||
    fail "the archive of version $version holds $installed. Nothing was installed" "版本 $version 的归档中是 $installed。没有安装任何文件"
}

# Manual and completion: a file of the archive, and its place below share/, one pair a line.
extras() {
  cat <<'END'
man/ckpt.1 man/man1/ckpt.1
man/ckpt.zh.1 man/zh_CN/man1/ckpt.1
completion/ckpt.bash bash-completion/completions/ckpt
completion/_ckpt zsh/site-functions/_ckpt
completion/ckpt.fish fish/vendor_completions.d/ckpt.fish
END
}

# They are a convenience: without them the program is as good as with them.
place_extras() {
  [ -n "$share" ] || return 0
  extras | while read -r from to; do
    [ -f "$unpacked/$from" ] || continue
    { mkdir -p "${share:?}/${to%/*}" && cp "$unpacked/$from" "$share/$to"; } 2>/dev/null || {
      say "the manual and the completion were not put in place: cannot write to $share" "未放置手册和补全脚本：无法写入 $share"
      break
    }
  done
}

# Shells look for completions in some folders only.
tell_completion() {
  case $share in
    /usr/local/share) return ;;
    "${XDG_DATA_HOME:-${HOME:-}/.local/share}")
      case ${SHELL:-} in
        */zsh)
          line="echo 'eval \"\$(ckpt completion zsh)\"' >> ~/.zshrc"
          say "To complete options in zsh, enter this line:
  $line" "要在 zsh 中补全选项，请执行这一行：
  $line" ;;
      esac ;;
    *) say "How to complete options in your shell: ckpt completion --help" "如何在 shell 中补全选项：ckpt completion --help" ;;
  esac
}

tell_path() {
  case :$PATH: in
    *:"$dir":*)
      first=$(command -v ckpt || true)
      [ "$first" = "$dir/ckpt" ] || [ -z "$first" ] ||
        say "but another one comes first in PATH: $first" "但 PATH 中排在前面的是另一个：$first"
      return ;;
  esac
  # The folder in double quotes, and these in the single quotes of echo.
  quoted=$(printf '%s\n' "$dir" | sed 's/[\\"$`]/\\&/g')
  export_line=$(printf '%s\n' "export PATH=\"$quoted:\$PATH\"" | sed "s/'/'\\\\''/g")
  case ${SHELL:-} in
    */fish) line="fish_add_path '$(printf '%s\n' "$dir" | sed "s/[\\\\']/\\\\&/g")'" ;;
    */zsh) line="echo '$export_line' >> ~/.zshrc" ;;
    */bash) line="echo '$export_line' >> ~/.bashrc" ;;
    *) line="echo '$export_line' >> ~/.profile" ;;
  esac
  say "$dir is not in PATH. Add it with this line, then open a new shell:
  $line" "$dir 不在 PATH 中。用这一行加入，然后打开新的 shell：
  $line"
}

no_dir() {
  fail "cannot write to $dir: name a folder of yours with --dir or CKPT_INSTALL, or run this as root" \
    "无法写入 $dir：请用 --dir 或 CKPT_INSTALL 指定自己的目录，或以 root 身份运行"
}

install() {
  find_tools
  find_target
  mkdir -p "$dir" 2>/dev/null || no_dir
  [ -w "$dir" ] || no_dir
  # What a killed installation left here.
  find "$dir" -maxdepth 1 -name '.ckpt-install.*' -mtime +1 -exec rm -rf {} + 2>/dev/null || true
  # In the same folder, so that the last step is one rename: a ckpt that runs meanwhile keeps its file.
  work=$(mktemp -d "$dir/.ckpt-install.XXXXXX") || fail "cannot write to $dir" "无法写入 $dir"
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 129' HUP
  fetch
  try_program
  before=
  [ ! -x "$dir/ckpt" ] || before=$("$dir/ckpt" --version </dev/null 2>/dev/null) || before=
  chmod 755 "$unpacked/ckpt"
  mv -f "$unpacked/ckpt" "$dir/ckpt" || fail "cannot write $dir/ckpt" "无法写入 $dir/ckpt"
  place_extras
  if [ -n "$before" ] && [ "$before" != "$installed" ]; then
    say "installed $installed in place of $before: $dir/ckpt" "已安装 $installed，替换 $before：$dir/ckpt"
  else say "installed $installed: $dir/ckpt" "已安装 $installed：$dir/ckpt"; fi
  tell_path
  tell_completion
}

uninstall() {
  if [ ! -e "$dir/ckpt" ]; then
    other=$(command -v ckpt || true)
    fail "there is no ckpt in $dir${other:+; another one is $other: name its folder with --dir}" \
      "$dir 中没有 ckpt${other:+；另有 $other：请用 --dir 指定它的目录}"
  fi
  rm -f "$dir/ckpt" 2>/dev/null || fail "cannot remove $dir/ckpt: run this as the user who installed it" "无法删除 $dir/ckpt：请以安装它的用户身份运行"
  if [ -n "$share" ]; then
    extras | while read -r _ to; do rm -f "$share/$to" 2>/dev/null || true; done
  fi
  say "removed $dir/ckpt; checkpoints and outputs are where they were" "已删除 $dir/ckpt；检查点和输出文件保持原样"
}

main() {
  choose_language
  version=${CKPT_VERSION:-} dir=${CKPT_INSTALL:-} base_url=${CKPT_BASE_URL:-$RELEASES_URL} action=install
  PUBLIC_KEY=${CKPT_PUBLIC_KEY-$PUBLIC_KEY}
  read_options "$@"
  version=${version#v} base_url=${base_url%/}
  choose_dir
  case $action in install) install ;; uninstall) uninstall ;; esac
}

main "$@"
exit
}
