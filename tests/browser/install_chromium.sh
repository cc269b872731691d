#!/bin/sh
# Brings Chromium for the tests in a browser where apt-get can; without it they are skipped. Never a failure.
for name in "$CHROMIUM" chromium chromium-browser google-chrome; do
    [ -n "$name" ] && command -v "$name" >/dev/null && exit 0
done
root="sudo -n"
[ "$(id -u)" = 0 ] && root=""
get="$root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=60"
echo "Installing Chromium with apt-get, for the tests in a browser." >&2
# shellcheck disable=SC2086  # words, one by one
if ! { $get update && $get install -y --no-install-recommends chromium fonts-dejavu-core; } >/dev/null 2>&1; then
    echo "It cannot be installed here: the tests in a browser are skipped. (apt install chromium)" >&2
fi
exit 0
