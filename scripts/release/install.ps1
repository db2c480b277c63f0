# Installs, updates and removes ckpt on Windows (experimental). PowerShell 5.1 or newer.
#   irm https://github.com/OWNER/ckpt/releases/latest/download/install.ps1 | iex
#   & ([scriptblock]::Create((irm https://github.com/OWNER/ckpt/releases/latest/download/install.ps1))) -Uninstall
# It finds the build for this machine, checks it against SHA256SUMS, tries it, and moves it into place.
# No setting of Windows is changed, PATH neither. Nothing is sent anywhere; the only requests are those for the files of the release.
# English and ASCII only: Windows PowerShell 5.1 reads what it downloads in the encoding of the machine.
param(
  [string]$Version = $env:CKPT_VERSION, # default: the newest
  [string]$Dir = $env:CKPT_INSTALL, # default: %LOCALAPPDATA%\Programs\ckpt
  [string]$BaseUrl = $env:CKPT_BASE_URL, # where the releases are, on a mirror
  [switch]$Uninstall # removes ckpt from $Dir; checkpoints stay
)

# The whole script is this function, called on the last line: a script that was cut off on its way does nothing.
function Install-Ckpt {
  $ErrorActionPreference = 'Stop'
  $ProgressPreference = 'SilentlyContinue' # the progress bar of PowerShell 5.1 makes downloads many times slower

  # What `bun scripts/release/installers.ts` fills in from package.json and scripts/release/.
  $ReleasesUrl = 'https://github.com/OWNER/ckpt/releases'
  $PublicKey = ''
  # targets: begin
  # Made from scripts/release/targets.ts.
  $Targets = @{
    'AMD64' = 'windows-x64'
  }
  # targets: end

  if (-not $BaseUrl) { $BaseUrl = $ReleasesUrl }
  if (-not $Dir) { $Dir = Join-Path $env:LOCALAPPDATA 'Programs\ckpt' }
  $BaseUrl = $BaseUrl.TrimEnd('/')
  $Version = $Version -replace '^v', ''
  $exe = Join-Path $Dir 'ckpt.exe'

  if ($Uninstall) {
    if (-not (Test-Path -LiteralPath $exe)) { throw "There is no ckpt in $Dir. Name its folder with -Dir." }
    Remove-Item -LiteralPath $exe -Force
    Remove-Item -Path (Join-Path $Dir 'ckpt.old-*.exe') -Force -ErrorAction SilentlyContinue
    Write-Host "Removed $exe. Checkpoints and outputs are where they were."
    return
  }

  # A 32-bit PowerShell on a 64-bit Windows is told of the machine here. ARM machines run programs for x64.
  $machine = if ($env:PROCESSOR_ARCHITEW6432) { $env:PROCESSOR_ARCHITEW6432 } else { $env:PROCESSOR_ARCHITECTURE }
  if ($machine -eq 'ARM64' -and -not $Targets.ContainsKey('ARM64')) { $machine = 'AMD64' }
  $target = $Targets[$machine]
  if (-not $target) { throw "There is no build for Windows on $machine. There are: $($Targets.Values -join ', ')." }

  $archive = "ckpt-$target.zip"
  $url = if ($Version) { "$BaseUrl/download/v$Version" } else { "$BaseUrl/latest/download" }
  New-Item -ItemType Directory -Force -Path $Dir | Out-Null
  # In the same folder, so that the last step is one rename.
  $work = Join-Path $Dir ".ckpt-install.$PID"
  New-Item -ItemType Directory -Force -Path $work | Out-Null
  try {
    # PowerShell 5.1 may start with protocols that servers no longer speak.
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
    Get-CkptFile "$url/SHA256SUMS" (Join-Path $work 'SHA256SUMS')
    if ($PublicKey -and (Get-Command minisign -ErrorAction SilentlyContinue)) {
      Get-CkptFile "$url/SHA256SUMS.minisig" (Join-Path $work 'SHA256SUMS.minisig')
      & minisign -Vq -P $PublicKey -m (Join-Path $work 'SHA256SUMS') | Out-Null
      if ($LASTEXITCODE -ne 0) { throw 'The signature of SHA256SUMS is wrong. Nothing was installed.' }
      Write-Host 'Signature: good.'
    } elseif ($PublicKey) {
      Write-Host 'The signature was not checked: minisign is not installed.'
    }
    $line = Get-Content -LiteralPath (Join-Path $work 'SHA256SUMS') |
      Where-Object { $_ -match ('^[0-9a-f]{64} [ *]' + [regex]::Escape($archive) + '$') } | Select-Object -First 1
    if (-not $line) { throw "$url/SHA256SUMS does not name ${archive}: this release has no build for this machine, or something on the way answered instead of the server." }
    $wanted = $line.Substring(0, 64)
    Write-Host "Downloading $url/$archive"
    $file = Join-Path $work $archive
    Get-CkptFile "$url/$archive" $file
    $found = (Get-FileHash -LiteralPath $file -Algorithm SHA256).Hash.ToLowerInvariant()
    if ($found -ne $wanted) { throw "The download is not what SHA256SUMS names. Nothing was installed.`n  wanted $wanted`n  found  $found" }
    Expand-Archive -LiteralPath $file -DestinationPath $work -Force
    $new = Join-Path $work "ckpt-$target\ckpt.exe"

    # Runs the new program before anybody depends on it.
    $installed = & $new --version
    if ($LASTEXITCODE -ne 0) { throw "The program does not run here: exit code $LASTEXITCODE." }
    if ($Version -and $installed -ne "ckpt $Version") { throw "The archive of version $Version holds $installed. Nothing was installed." }

    # The file of a program that runs cannot be replaced on Windows, but it can be renamed. What an earlier installation renamed goes now, if it has ended.
    Remove-Item -Path (Join-Path $Dir 'ckpt.old-*.exe') -Force -ErrorAction SilentlyContinue
    $old = Join-Path $Dir "ckpt.old-$PID.exe"
    $hadOne = Test-Path -LiteralPath $exe
    if ($hadOne) { Move-Item -LiteralPath $exe -Destination $old -Force }
    try {
      Move-Item -LiteralPath $new -Destination $exe
    } catch {
      if ($hadOne) { Move-Item -LiteralPath $old -Destination $exe -Force }
      throw
    }
    Remove-Item -LiteralPath $old -Force -ErrorAction SilentlyContinue
    Write-Host "Installed ${installed}: $exe"
  } finally {
    Remove-Item -LiteralPath $work -Recurse -Force -ErrorAction SilentlyContinue
  }

  if (($env:PATH -split ';') -notcontains $Dir) {
    Write-Host "$Dir is not in PATH. Add it with this line, then open a new window:"
    Write-Host "  [Environment]::SetEnvironmentVariable('Path', [Environment]::GetEnvironmentVariable('Path', 'User') + ';$($Dir -replace "'", "''")', 'User')"
  }
}

function Get-CkptFile([string]$Url, [string]$File) {
  try {
    Invoke-WebRequest -UseBasicParsing -Uri $Url -OutFile $File
  } catch {
    throw "Cannot download ${Url}: $($_.Exception.Message)"
  }
}

Install-Ckpt
