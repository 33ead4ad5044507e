/**
 * One script for all of git's hooks, told apart by the name it is called by. POSIX shell: git brings one wherever it runs. `@…@` are
 * places that a run fills.
 */
export const gitHookScript: string = String.raw`#!/bin/sh
# Written by "whodid run" for one run, and removed with it. It calls the repository's own hook of the same name.
name=${'$'}{0##*/}
events=@EVENTS@
tab=$(printf '\t')

# An event is one line: kind, span of the caller, directory, and the rest.
event() {
  printf '%s\t%s\t%s\t%s\n' "$1" "${'$'}{TRACEPARENT:--}" "$PWD" "$2" >> "$events" 2>/dev/null
}

feed() {
  [ -n "$input" ] && printf '%s\n' "$input"
}

add_trailers() {
  git interpret-trailers --in-place --no-divider --if-exists addIfDifferent @TRAILERS@ "$1" 2>/dev/null
}

# A reference that changes is seen in every state of its transaction: only the last is recorded.
if [ "$name" = reference-transaction ]; then
  input=$(cat)
  if [ "$1" = committed ]; then
    printf '%s\n' "$input" | head -n 256 | while read -r old new reference; do
      case "$reference" in
        refs/heads/* | refs/tags/* | refs/remotes/*) event ref "$old$tab$new$tab$reference" ;;
      esac
    done
  fi
fi

own=$(GIT_CONFIG_COUNT=@COUNT@ git rev-parse --git-path hooks 2>/dev/null)/$name
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
    printf '%s\n' "$input" | head -n 256 | while read -r local_ref local_sha remote_ref remote_sha; do
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
