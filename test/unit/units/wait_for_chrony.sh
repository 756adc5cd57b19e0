#!/bin/bash
# wait_for_chrony.sh BINARIES: output and exit code of the script, with a fake chronyc.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/installed.sh"

installed "${1:?}"
mkdir "$work/bin" "$work/tools"
for tool in sh head cut grep wc; do ln -s "$(command -v $tool)" "$work/tools/"; done
# Fake chronyc: the variable named like the command has its result, "CODE TEXT".
cat >"$work/bin/chronyc" <<'CHRONYC'
#!/bin/sh
for word; do
    case $word in
        -*) ;;
        waitsync) echo "$*" >>"$CALLS"; eval "answer=\${waitsync_$(wc -l <"$CALLS")}"; break ;;
        *) eval "answer=\$$word"; break ;;
    esac
done
[ -z "${answer#* }" ] || echo "${answer#* }"
exit "${answer%% *}"
CHRONYC
chmod +x "$work/bin/chronyc"

failed=0
# expect CODE TEXT [VARIABLE=ANSWER...]
expect() {
    local code=0 said wanted=$1 text=$2
    shift 2
    rm -f "$work/calls"
    said=$(env -i CALLS="$work/calls" PATH="${path:-$work/bin:$work/tools}" "$@" "$libexecdir/revenant/wait-for-chrony" 2>&1) || code=$?
    if [[ $code != "$wanted" || $said != *"$text"* || $(wc -l <<<"$said") != 1 ]]; then
        echo "with $*: ended with $code and said: $said"
        failed=1
    fi
}

expect 0 'the clock is synchronised' waitsync_1='0 ' makestep='0 200 OK' waitsync_2='0 '
grep -q 'waitsync 60 ' "$work/calls" || { echo "the bound is not a minute" && failed=1; }
grep -q 'waitsync 10 0\.1 ' "$work/calls" || { echo "it does not look at what is left after the step" && failed=1; }
expect 0 'the clock is synchronised' WAIT_FOR_CHRONY=7 waitsync_1='0 ' makestep='0 200 OK' waitsync_2='0 '
grep -q 'waitsync 7 ' "$work/calls" || { echo "the bound is no setting" && failed=1; }
expect 1 '0.1 s off after a step' waitsync_1='0 ' makestep='0 200 OK' waitsync_2='1 '
expect 1 'refuses to step it (501 Not authorised)' waitsync_1='0 ' makestep='1 501 Not authorised'
expect 1 'does not answer (506 Cannot talk to daemon)' waitsync_1='1 ' tracking='1 506 Cannot talk to daemon'
expect 1 'has no time source' waitsync_1='1 ' tracking='0 Stratum : 0' sources='0 '
expect 1 "none of chronyd's 1 sources answered" waitsync_1='1 ' tracking='0 Stratum : 0' sources='0 ^,?,192.0.2.1,0,6,0,-,0,0,0'
expect 1 'trusts none of its sources' waitsync_1='1 ' tracking='0 Stratum : 0' sources='0 ^,?,192.0.2.1,3,6,17,5,0,0,0'
expect 2 "expected a number of seconds" WAIT_FOR_CHRONY=soon
path=$work/tools expect 1 "chrony is not installed: run 'apt-get install chrony'"
exit $failed
