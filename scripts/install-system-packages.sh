#!/usr/bin/env bash
# Installs what the full test run needs beside Node: a real Prometheus (with promtool), Redis and a browser.
#
# Only what is missing is installed, from Debian's or Ubuntu's own packages, as root or through a sudo
# that asks for nothing. No service is left running. Where something cannot be installed, the script
# says loudly which tests will be skipped, and still ends with 0: those tests skip themselves.
# GROSZ_SYSTEM_PACKAGES=skip keeps it from installing anything.
set -uo pipefail

# One line each: package | commands, any one of which will do | tests that are skipped without it
needs=(
  'prometheus|prometheus|tests/operations: the flow test with a real Prometheus'
  'prometheus|promtool|tests/operations and tests/base/metrics: checks by promtool'
  'chromium|chromium chromium-browser google-chrome|tests that look at creatives in a browser'
  'redis-server|redis-server|tests/profiles/redis, tests/tools/migrate: profiles in a real Redis'
  'libxml2-utils|xmllint|tests/catalogue/vast: VAST documents read by a second XML parser'
)

has_any() {
  local command
  for command in $1; do
    command -v "$command" >/dev/null 2>&1 && return 0
  done
  return 1
}

missing_packages() {
  local need package commands
  for need in "${needs[@]}"; do
    IFS='|' read -r package commands _ <<<"$need"
    has_any "$commands" || echo "$package"
  done | sort -u
}

as_root=()
can_install() {
  if [[ "${GROSZ_SYSTEM_PACKAGES:-}" == skip ]]; then
    echo 'system packages: left alone, as GROSZ_SYSTEM_PACKAGES=skip says'
    return 1
  fi
  if ! command -v apt-get >/dev/null 2>&1; then
    echo 'system packages: no apt-get here (not Debian or Ubuntu)'
    return 1
  fi
  [[ "$(id -u)" == 0 ]] && return 0
  if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
    return 0
  fi
  echo 'system packages: neither root nor a sudo without password'
  return 1
}

root() { ${as_root[@]+"${as_root[@]}"} "$@"; }

# While this file stands, Debian's packages start no service when they are installed.
policy=/usr/sbin/policy-rc.d
policy_is_ours=no
forbid_services() {
  [[ -e "$policy" ]] && return
  printf '#!/bin/sh\nexit 101\n' | root tee "$policy" >/dev/null && policy_is_ours=yes
  root chmod 755 "$policy"
}
allow_services() {
  [[ "$policy_is_ours" == yes ]] && root rm -f "$policy"
  policy_is_ours=no
}

apt() {
  # dpkg needs what lies in /usr/sbin, which the PATH of ordinary users leaves out.
  root env PATH="$PATH:/usr/sbin:/sbin" DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq -y \
    -o DPkg::Lock::Timeout=120 -o Acquire::Retries=1 -o Acquire::http::Timeout=20 \
    -o Dpkg::Use-Pty=0 "$@" </dev/null
}

install_missing() {
  local package
  trap allow_services EXIT
  trap 'exit 130' INT TERM
  forbid_services
  apt update || echo 'system packages: apt-get update failed; trying with the lists at hand'
  # One at a time: what one distribution lacks shall not keep the rest away.
  for package in "$@"; do
    echo "system packages: installing $package"
    apt install --no-install-recommends "$package" >/dev/null ||
      echo "system packages: $package could not be installed"
  done
  allow_services
  # Packages enable their services for the next boot; tests start servers of their own.
  command -v systemctl >/dev/null 2>&1 || return 0
  for package in prometheus redis-server; do
    [[ " $* " == *" $package "* ]] || continue
    root systemctl stop "$package.service" >/dev/null 2>&1
    root systemctl disable "$package.service" >/dev/null 2>&1
  done
}

mapfile -t missing < <(missing_packages)
if ((${#missing[@]} > 0)) && can_install; then
  install_missing "${missing[@]}"
  hash -r
fi

for need in "${needs[@]}"; do
  IFS='|' read -r package commands tests <<<"$need"
  if ! has_any "$commands"; then
    echo "*** SKIPPED for want of ${commands%% *} (package $package): $tests ***" >&2
  fi
done
exit 0
