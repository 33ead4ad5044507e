import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from '../run-options.ts'
import type { RunIdentity } from '../run-identity.ts'

/**
 * Every hook that git calls by a file's name (githooks(5)). Each must be there, because the run's directory stands in for the
 * repository's. `fsmonitor-watchman` is named by a setting, with its path, and is not looked for.
 */
const hookNames = [
  'applypatch-msg',
  'pre-applypatch',
  'post-applypatch',
  'pre-commit',
  'pre-merge-commit',
  'prepare-commit-msg',
  'commit-msg',
  'post-commit',
  'pre-rebase',
  'post-checkout',
  'post-merge',
  'pre-push',
  'pre-receive',
  'update',
  'proc-receive',
  'post-receive',
  'post-update',
  'reference-transaction',
  'push-to-checkout',
  'pre-auto-gc',
  'post-rewrite',
  'sendemail-validate',
  'p4-changelist',
  'p4-prepare-changelist',
  'p4-post-changelist',
  'p4-pre-submit',
  'post-index-change',
] as const

/** The place of a run's hooks, and who they name. */
export interface GitHooksPlace {
  readonly directory: string
  /** The file that they append to. */
  readonly eventsPath: string
  readonly identity: RunIdentity
}

/**
 * Writes the hooks of a run and returns the variables that make git call them. Nothing is written to any repository, and the
 * repository's own hooks are called as before.
 */
export async function writeGitHooks(
  place: GitHooksPlace,
  environment: Environment,
): Promise<Record<string, string>> {
  const { directory } = place
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const count = countOf(environment['GIT_CONFIG_COUNT'])
  // Below another run its hooks are left out: the commit is this run's act alone.
  const ownCount = countOf(environment['WHODID_GIT_CONFIG_COUNT'] ?? String(count))
  const script = join(directory, 'whodid-hook')
  await writeFile(script, hookScript(place, ownCount), { mode: 0o700 })
  await chmod(script, 0o700)
  await Promise.all(hookNames.map((name) => symlink('whodid-hook', join(directory, name))))
  return {
    GIT_CONFIG_COUNT: String(count + 1),
    [`GIT_CONFIG_KEY_${count}`]: 'core.hooksPath',
    [`GIT_CONFIG_VALUE_${count}`]: directory,
    WHODID_GIT_CONFIG_COUNT: String(ownCount),
  }
}

function countOf(text: string | undefined): number {
  return /^\d{1,6}$/u.test(text ?? '') ? Number(text) : 0
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** One line, so that it cannot add a trailer of its own. */
function trailerValue(text: string): string {
  return quoted(text.replaceAll(/\s+/gu, ' ').trim())
}

/** One script for all hooks, told apart by the name it is called by. POSIX shell: git brings one wherever it runs. */
function hookScript({ eventsPath, identity }: GitHooksPlace, ownCount: number): string {
  const trailers = [
    ['Whodid-Instance', identity.instance],
    ['Whodid-Template', identity.template],
    ['Whodid-For', identity.delegator],
  ].filter(([, value]) => value !== '')
  const options = trailers.map(([name, value]) => `--trailer ${trailerValue(`${name}: ${value}`)}`)
  return `#!/bin/sh
# Written by "whodid run" for one run, and removed with it. It calls the repository's own hook of the same name.
name=\${0##*/}
events=${quoted(eventsPath)}
tab=$(printf '\\t')

# An event is one line: kind, span of the caller, directory, and the rest.
event() {
  printf '%s\\t%s\\t%s\\t%s\\n' "$1" "\${TRACEPARENT:--}" "$PWD" "$2" >> "$events" 2>/dev/null
}

feed() {
  [ -n "$input" ] && printf '%s\\n' "$input"
}

add_trailers() {
  git interpret-trailers --in-place --no-divider --if-exists addIfDifferent ${options.join(' ')} "$1" 2>/dev/null
}

# A reference that changes is seen in every state of its transaction: only the last is recorded.
if [ "$name" = reference-transaction ]; then
  input=$(cat)
  if [ "$1" = committed ]; then
    printf '%s\\n' "$input" | head -n 256 | while read -r old new reference; do
      case "$reference" in
        refs/heads/* | refs/tags/* | refs/remotes/*) event ref "$old$tab$new$tab$reference" ;;
      esac
    done
  fi
fi

own=$(GIT_CONFIG_COUNT=${ownCount} git rev-parse --git-path hooks 2>/dev/null)/$name
has_own=
[ -x "$own" ] && [ ! "$own" -ef "$0" ] && has_own=1

case "$name" in
  reference-transaction)
    [ -n "$has_own" ] || exit 0
    feed | "$own" "$@"
    exit $?
    ;;
  pre-push)
    input=$(cat)
    if [ -n "$has_own" ]; then
      feed | "$own" "$@" || exit $?
    fi
    printf '%s\\n' "$input" | head -n 256 | while read -r local_ref local_sha remote_ref remote_sha; do
      [ -n "$remote_ref" ] && event push "$1$tab$2$tab$local_sha$tab$remote_ref"
    done
    exit 0
    ;;
  push-to-checkout)
    [ -n "$has_own" ] && exec "$own" "$@"
    # The rule that git applies where there is no such hook: a clean work tree follows, any other refuses.
    git update-index -q --ignore-submodules --refresh || exit 1
    git diff-files --quiet --ignore-submodules -- || exit 1
    if git rev-parse -q --verify HEAD >/dev/null; then
      git diff-index --quiet --cached --ignore-submodules HEAD -- || exit 1
      exec git read-tree -u -m HEAD "$1"
    fi
    exec git read-tree -u -m "$1"
    ;;
  proc-receive)
    [ -n "$has_own" ] && exec "$own" "$@"
    exit 1
    ;;
  prepare-commit-msg | commit-msg | applypatch-msg)
    if [ -n "$has_own" ]; then
      "$own" "$@" || exit $?
    fi
    # An empty message that a person is about to write in an editor stays empty: that is how a commit is given up.
    if [ "$name" != prepare-commit-msg ] || [ -n "$2" ] || [ "$GIT_EDITOR" = : ]; then
      add_trailers "$1"
    fi
    exit 0
    ;;
  post-commit | post-applypatch | post-merge)
    head=$(git rev-parse HEAD 2>/dev/null)
    [ -n "$head" ] && event commit "$head"
    ;;
esac

[ -n "$has_own" ] && exec "$own" "$@"
exit 0
`
}
