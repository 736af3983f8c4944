#!/usr/bin/env bash
# Installs what the system lacks to build and run Motley, and nothing else:
#   - a C and a C++ compiler: Rust links with the one, and two libraries for models and textures are written in the other,
#   - the Vulkan loader,
#   - a Vulkan driver: the graphics card's where there is one, else Mesa's software driver.
# Says nothing and asks for nothing when all is there. Uses sudo, after saying so, only when it must install.
#
# usage: scripts/setup.sh [python]
#   python    also what `make test-interop` needs: Python with venv
set -euo pipefail

# Debian 12 has Mesa 22.3 itself and 25.0 in its backports: the same pixels in half the time.
readonly BACKPORTS_SUITE=bookworm-backports
readonly BACKPORTS_LIST=/etc/apt/sources.list.d/motley-backports.list
readonly FAST_MESA=25
# A machine that cannot have the newer Mesa is not asked again and again.
readonly TRIED=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/motley/mesa-upgrade-tried

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# ---- what is there -------------------------------------------------------------------------------------------------

has_compiler() {
  have cc && echo 'int main(void) { return 0; }' | cc -x c -o /dev/null - 2>/dev/null &&
    have c++ && printf '#include <vector>\nint main() { return std::vector<int>().size(); }\n' | c++ -x c++ -o /dev/null - 2>/dev/null
}

has_loader() {
  local ldconfig listing
  for ldconfig in ldconfig /sbin/ldconfig /usr/sbin/ldconfig; do
    if have "$ldconfig" && listing=$("$ldconfig" -p 2>/dev/null) && [[ $listing == *libvulkan.so.1* ]]; then return 0; fi
  done
  compgen -G '/usr/lib*/libvulkan.so.1' >/dev/null || compgen -G '/usr/lib/*/libvulkan.so.1' >/dev/null
}

# has_driver NAME...: whether the loader would find the manifest of one of these drivers, or is told to use another.
has_driver() {
  local folder name
  [[ ${VK_DRIVER_FILES:-${VK_ICD_FILENAMES:-}} ]] && return 0
  for folder in "${XDG_DATA_HOME:-${HOME:-/nonexistent}/.local/share}" /usr/local/share /usr/share /usr/local/etc /etc; do
    for name; do
      compgen -G "$folder/vulkan/icd.d/$name*icd*.json" >/dev/null && return 0
    done
  done
  return 1
}

# The graphics cards, by the vendor numbers of PCI; virtual cards seldom draw with Vulkan and do not count.
cards() {
  local node
  if have nvidia-smi && nvidia-smi -L >/dev/null 2>&1; then echo nvidia; fi
  for node in /dev/dri/renderD*; do
    [[ -r /sys/class/drm/${node##*/}/device/vendor ]] || continue
    case $(<"/sys/class/drm/${node##*/}/device/vendor") in 0x1002) echo amd ;; 0x8086) echo intel ;; 0x10de) echo nvidia ;; esac
  done
}

# Whether a card is here and its driver with it.
has_card_with_driver() {
  local card
  for card in $(cards); do
    case $card in
      nvidia) has_driver nvidia nouveau && return 0 ;;
      amd) has_driver radeon amd && return 0 ;;
      intel) has_driver intel && return 0 ;;
    esac
  done
  return 1
}

# Major version of the installed Mesa; 0 when it is not there or not known.
mesa_major() {
  local version
  version=$(dpkg-query -W -f '${db:Status-Abbrev}${Version}' mesa-vulkan-drivers 2>/dev/null) || version=
  [[ $version =~ ^ii\ *([0-9]+:)?([0-9]+)\. ]] && echo "${BASH_REMATCH[2]}" || echo 0
}

# ---- how it is installed -------------------------------------------------------------------------------------------

# May root's rights be had?
may_install() {
  (( EUID == 0 )) && return 0
  have sudo || return 1
  # Without a terminal nobody can type a password.
  [[ -t 0 ]] || sudo -n true 2>/dev/null
}

as_root() {
  if (( EUID == 0 )); then env "$@"; else sudo env "$@"; fi
}

# need_root COMMAND: says what is going to happen, or what to do by hand.
need_root() {
  may_install || die "this needs root and sudo cannot be used here; run as root: $*"
  if (( EUID != 0 )); then say "with sudo: $*"; else say "$*"; fi
}

apt() {
  as_root DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@" >/dev/null
}

updated=
apt_update() {
  [[ $updated ]] && return 0
  apt update || say "apt-get update failed; going on with the package lists that are there"
  updated=1
}

apt_install() {
  need_root "apt-get install $*"
  apt_update
  apt install -y --no-install-recommends "$@" || die "apt-get could not install $*; see its message above"
}

is_debian_12() { [[ ${ID:-} == debian && ${VERSION_ID:-} == 12 ]]; }

added_backports=
# Mesa from Debian 12's backports. Fails without harm.
install_backported_mesa() {
  local sources mirror
  need_root "apt-get install -t $BACKPORTS_SUITE mesa-vulkan-drivers"
  # shellcheck disable=SC2016 # these are apt's variables
  sources=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 2>/dev/null) || sources=
  if [[ $sources != *"$BACKPORTS_SUITE "* ]]; then
    mirror=$(awk '$1 == "bookworm" { print $2; exit }' <<< "$sources")
    say "adding $BACKPORTS_SUITE as $BACKPORTS_LIST"
    echo "deb ${mirror:-http://deb.debian.org/debian} $BACKPORTS_SUITE main" | as_root tee "$BACKPORTS_LIST" >/dev/null
    added_backports=1
    updated=
  fi
  apt_update
  apt install -y --no-install-recommends -t "$BACKPORTS_SUITE" mesa-vulkan-drivers
}

install_mesa_apt() {
  if is_debian_12; then
    mkdir -p "${TRIED%/*}" && : > "$TRIED"
    install_backported_mesa && return 0
    # A source that does not answer would spoil the system's next update.
    [[ ! $added_backports ]] || as_root rm -f "$BACKPORTS_LIST"
    say "the backports cannot be had; taking the older Mesa, which is slower"
  fi
  apt_install mesa-vulkan-drivers
}

# package WHAT: this distribution's packages for it.
packages() {
  case $manager:$1 in
    apt-get:compiler) echo gcc g++ libc6-dev ;;
    apt-get:loader) echo libvulkan1 ;;
    apt-get:python) echo python3 python3-venv ;;
    dnf:compiler) echo gcc gcc-c++ glibc-devel ;;
    dnf:loader) echo vulkan-loader ;;
    dnf:driver) echo mesa-vulkan-drivers ;;
    dnf:python) echo python3 ;;
    pacman:compiler) echo gcc ;;
    pacman:loader) echo vulkan-icd-loader ;;
    pacman:driver) echo vulkan-swrast ;;
    pacman:python) echo python ;;
    zypper:compiler) echo gcc gcc-c++ glibc-devel ;;
    zypper:loader) echo libvulkan1 ;;
    zypper:driver) echo libvulkan_lvp ;;
    zypper:python) echo python3 ;;
  esac
}

install() {
  local what=$1 names
  if [[ $manager == apt-get && $what == driver ]]; then install_mesa_apt; return; fi
  read -ra names <<< "$(packages "$what")"
  case $manager in
    apt-get) apt_install "${names[@]}" ;;
    dnf) need_root "dnf install ${names[*]}"; as_root dnf install -y -q "${names[@]}" ;;
    pacman) need_root "pacman -S ${names[*]}"; as_root pacman -S --noconfirm --needed "${names[@]}" ;;
    zypper) need_root "zypper install ${names[*]}"; as_root zypper -n -q install "${names[@]}" ;;
    *) die "$2 is missing, and this system's packages are not known here; install it by hand (on Debian: $3)" ;;
  esac
}

# ---- main ----------------------------------------------------------------------------------------------------------

# Elsewhere (macOS: Metal) the system brings its own graphics interface.
[[ $(uname -s) == Linux ]] || exit 0
# shellcheck source=/dev/null
[[ -r /etc/os-release ]] && . /etc/os-release
manager=
for manager in apt-get dnf pacman zypper none; do have "$manager" && break; done

has_compiler || install compiler "a C and a C++ compiler" "gcc g++ libc6-dev"
has_loader || install loader "the Vulkan loader" "libvulkan1"
if ! has_card_with_driver; then
  if ! has_driver lvp; then
    [[ $(cards) != *nvidia* ]] || say "NVIDIA's Vulkan driver is not here (its nvidia_icd.json): drawing on the processor"
    install driver "Mesa's software Vulkan driver" "mesa-vulkan-drivers"
  elif is_debian_12 && (( $(mesa_major) > 0 && $(mesa_major) < FAST_MESA )) && [[ ! -e $TRIED ]] && may_install; then
    say "Mesa $(mesa_major) draws the same pixels half as fast as Mesa $FAST_MESA from Debian's backports"
    install_mesa_apt
  fi
fi
if [[ ${1:-} == python ]]; then
  python3 -c 'import venv, ensurepip' 2>/dev/null || install python "Python with venv" "python3 python3-venv"
fi
