#!/usr/bin/env bash
# What action.yml runs: gets a kubelint, runs it, and tells GitHub what it found.
#
# The inputs are the variables that action.yml sets; the others are those of GitHub's runner. It is tested by .ci/test-action.py, and
# keeps to what bash 3.2 knows, which is the bash of macOS.
set -euo pipefail

repository=kubelint/kubelint
downloads=https://github.com/$repository/releases
line_break=$'\n'
carriage_return=$'\r'

# --- Telling ---------------------------------------------------------------------------------------------------------------------

# say LEVEL MESSAGE: an annotation. Whatever the message holds is text to the runner.
say() {
  local message=$2
  message=${message//%/%25}
  message=${message//$carriage_return/%0D}
  message=${message//$line_break/%0A}
  printf '::%s title=kubelint::%s\n' "$1" "$message"
}

# output NAME VALUE: an output of the step. A value of several lines could otherwise write further outputs.
output() {
  local delimiter
  delimiter=end-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '%s<<%s\n%s\n%s\n' "$1" "$delimiter" "$2" "$delimiter" >>"$GITHUB_OUTPUT"
}

fail() {
  say error "$1"
  output exit-status 2
  exit 2
}

# is_set INPUT VALUE: whether an input that is true or false is true.
is_set() {
  case $2 in
    true) return 0 ;;
    false | '') return 1 ;;
    *) fail "the input $1 is \`$2\`; it can be true or false" ;;
  esac
}

# --- Getting kubelint --------------------------------------------------------------------------------------------------------------

# Sets `version`: what was asked for, or what the Action itself belongs to.
choose_version() {
  version=${INPUT_VERSION#v}
  if [[ -z $version ]]; then
    # A tag or a commit was chosen so that nothing changes by itself: a branch was not.
    if [[ $ACTION_REF =~ ^v[0-9] || $ACTION_REF =~ ^[0-9a-f]{40}$ ]]; then
      version=$(sed -n '/^\[workspace\.package\]/,/^$/s/^version = "\(.*\)"$/\1/p' "$GITHUB_ACTION_PATH/Cargo.toml")
    else
      version=latest
    fi
  fi
  if [[ $version == latest ]]; then
    local latest
    latest=$(curl --silent --show-error --proto '=https' --tlsv1.2 --retry 3 --output /dev/null --write-out '%{redirect_url}' \
      "$downloads/latest") || fail "cannot ask $downloads/latest which release is the latest"
    version=${latest##*/tag/v}
    [[ $latest == */tag/v* ]] || fail "there is no release of kubelint yet; \`build-from-source: true\` compiles it"
  fi
  [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] ||
    fail "the input version is \`$INPUT_VERSION\`; it can be \`latest\` or a version as \`0.1.0\`"
}

# Sets `target`: for which system and processor the program is, as Rust names them.
choose_target() {
  case $RUNNER_OS-$RUNNER_ARCH in
    Linux-X64) target=x86_64-unknown-linux-musl ;;
    Linux-ARM64) target=aarch64-unknown-linux-musl ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    # Windows on ARM runs programs for x86-64.
    Windows-X64 | Windows-ARM64) target=x86_64-pc-windows-msvc ;;
    *) fail "there is no kubelint for $RUNNER_OS on $RUNNER_ARCH to download; \`build-from-source: true\` compiles it" ;;
  esac
}

# download NAME: a file of the release, into the scratch folder.
download() {
  local url=$downloads/download/v$version/$1 status=0
  curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --retry 3 --output "$scratch/$1" "$url" || status=$?
  case $status in
    0) ;;
    22) fail "there is no $url: version $version was not released, or not for this system" ;;
    *) fail "cannot download $url (status $status of curl)" ;;
  esac
}

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi
}

# Where gh is there, and a token for github.com: that the release's own workflow made the archive.
verify_origin() {
  if [[ -z $INPUT_GITHUB_TOKEN || ${GITHUB_SERVER_URL:-} != https://github.com ]] || ! command -v gh >/dev/null ||
    ! gh attestation --help >/dev/null 2>&1; then
    echo 'its checksum is right; its attestation was not looked up'
    return
  fi
  GH_TOKEN=$INPUT_GITHUB_TOKEN gh attestation verify "$1" --repo "$repository" \
    --signer-workflow "$repository/.github/workflows/release.yml" ||
    fail "GitHub does not attest that ${1##*/} was made by the release workflow of $repository: it is not run"
}

# Sets `program`: kubelint in the tool cache, downloaded if it is not there.
install_release() {
  choose_version
  choose_target
  local folder=${RUNNER_TOOL_CACHE:-$RUNNER_TEMP}/kubelint/$version/$RUNNER_ARCH
  local name=kubelint-v$version-$target file=kubelint ending=.tar.gz
  if [[ $RUNNER_OS == Windows ]]; then
    file=kubelint.exe ending=.zip
  fi
  program=$folder/$file
  if [[ ! -e $folder.complete ]]; then
    local archive=$name$ending expected found
    download "$archive"
    download "$archive.sha256"
    read -r expected _ <"$scratch/$archive.sha256" || true
    found=$(sha256 "$scratch/$archive")
    [[ $expected =~ ^[0-9a-f]{64}$ && ${found%% *} == "$expected" ]] ||
      fail "the checksum of $archive is ${found%% *} instead of \`$expected\`: it is not run"
    verify_origin "$scratch/$archive"
    # From within the folder: on Windows its path has a colon, and backslashes, which mean something else to these programs.
    (
      cd -- "$scratch"
      if [[ $ending == .zip ]]; then unzip -q "$archive" "$name/$file"; else tar -xzf "$archive" "$name/$file"; fi
    ) || fail "cannot unpack $archive"
    mkdir -p "$folder"
    mv -f "$scratch/$name/$file" "$program"
    : >"$folder.complete"
  fi
}

# Sets `program`: kubelint from source. Not in the workspace, whose files would have a say in how it is compiled.
install_from_source() {
  command -v cargo >/dev/null || fail "\`build-from-source: true\` needs Cargo, which is not there"
  local folder=$RUNNER_TEMP/kubelint-from-source
  local source=(--path .)
  if [[ -n $INPUT_VERSION ]]; then
    choose_version
    source=(--git "https://github.com/$repository" --tag "v$version" kubelint)
  fi
  (cd "$GITHUB_ACTION_PATH" && cargo install --locked --force --root "$folder" "${source[@]}") ||
    fail 'kubelint could not be compiled'
  program=$folder/bin/kubelint
}

# --- Running it ------------------------------------------------------------------------------------------------------------------

# commit NAME: its full id, if it is there.
commit() {
  git rev-parse --quiet --verify "$1^{commit}"
}

# Sets `base`: the commit with which to compare; empty if there is none.
choose_base() {
  base=
  local named=
  case $GITHUB_EVENT_NAME in
    pull_request | pull_request_target) named=$PULL_REQUEST_BASE ;;
    merge_group) named=$MERGE_GROUP_BASE ;;
    push) named=$PUSH_BEFORE ;;
    *) say notice "changed-only: an event $GITHUB_EVENT_NAME changes nothing; everything counts" && return ;;
  esac
  local head
  head=$(commit HEAD) || fail 'changed-only: this is no clone of a repository: actions/checkout has to come first'
  if [[ $GITHUB_EVENT_NAME == pull_request && $head == "$GITHUB_SHA" ]]; then
    # The merge that GitHub made of the base and the pull request; the base may be younger than the event.
    base=$(commit HEAD^1) ||
      fail "changed-only: the base of the pull request is not in this clone: give actions/checkout \`fetch-depth: 2\`"
  elif [[ $named =~ ^0+$ ]]; then
    say notice 'changed-only: the branch is new; everything counts'
  elif [[ $named =~ ^[0-9a-f]{40,64}$ ]]; then
    base=$(commit "$named") ||
      fail "changed-only: commit $named, which came before, is not in this clone: give actions/checkout \`fetch-depth: 0\`"
  else
    fail "changed-only: the event $GITHUB_EVENT_NAME names no commit to compare with"
  fi
}

# count SEVERITY: of the summary, which ends the report in JSON. No text of a file can begin a line there.
count() {
  sed -n '/^  "summary": {$/,$s/^    "'"$1"'": \([0-9]*\),\{0,1\}$/\1/p' "$scratch/report.json"
}

# The folder of the report stays: the output names it.
scratch=$(mktemp -d "$RUNNER_TEMP/kubelint.XXXXXX")

echo '::group::Get kubelint'
if is_set build-from-source "$INPUT_BUILD_FROM_SOURCE"; then
  install_from_source
else
  install_release
fi
unset INPUT_GITHUB_TOKEN
"$program" --version || fail "$program does not run here"
printf '%s\n' "${program%/*}" >>"$GITHUB_PATH"
echo '::endgroup::'

cd -- "$GITHUB_WORKSPACE"
cd -- "$INPUT_WORKING_DIRECTORY" || fail "there is no folder \`$INPUT_WORKING_DIRECTORY\`, which is the input working-directory"

report=$scratch/report.json
arguments=(check "--report=json=$report" "--report=markdown=$scratch/summary.md")
case $INPUT_FORMAT in
  json) arguments+=(--format=github) ;;
  sarif | gitlab | junit | markdown)
    report=$scratch/report.$INPUT_FORMAT
    arguments+=(--format=github "--report=$INPUT_FORMAT=$report")
    ;;
  *) arguments+=("--format=${INPUT_FORMAT:-github}") ;;
esac
[[ -z $INPUT_FAIL_ON ]] || arguments+=("--fail-on=$INPUT_FAIL_ON")
[[ -z $INPUT_MIN_CONFIDENCE ]] || arguments+=("--min-confidence=$INPUT_MIN_CONFIDENCE")
[[ -z $INPUT_CONFIG ]] || arguments+=("--config=$INPUT_CONFIG")
[[ -z $INPUT_BASELINE ]] || arguments+=("--baseline=$INPUT_BASELINE")
[[ -z $INPUT_SARIF_FILE ]] || arguments+=("--report=sarif=$INPUT_SARIF_FILE")
if is_set online "$INPUT_ONLINE"; then
  arguments+=(--online)
fi
if is_set changed-only "$INPUT_CHANGED_ONLY"; then
  choose_base
  [[ -z $base ]] || arguments+=("--changed=$base")
fi
arguments+=(--)
while IFS= read -r path; do
  path=${path%"$carriage_return"}
  case $path in
    '') ;;
    # Standard input is nobody's here.
    -) arguments+=(./-) ;;
    *) arguments+=("$path") ;;
  esac
done <<<"$INPUT_PATHS"

status=0
"$program" "${arguments[@]}" </dev/null || status=$?

output exit-status "$status"
if [[ -e $scratch/summary.md ]]; then
  output errors "$(count error)"
  output warnings "$(count warning)"
  output infos "$(count info)"
  output report "$report"
  cat "$scratch/summary.md" >>"$GITHUB_STEP_SUMMARY"
fi
exit "$status"
