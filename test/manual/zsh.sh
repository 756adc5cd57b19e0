#!/bin/zsh -f
# zsh.sh MANUAL: checks that zsh loads the completions below MANUAL; runs them with a replaced function for adding
# candidates.
set -eu
manual=$1
integer faults=0
typeset -a offered
_arguments() { offered=("$@") }

# offers YES|NO OPTION WORD...: checks whether the option is a candidate after these words.
offers() {
    local wanted=$1 option=$2 found=NO
    shift 2
    words=("$@")
    CURRENT=$#
    source $manual/zsh/_$1
    (( ${offered[(I)${(b)option}*]} )) && found=YES
    [[ $found == $wanted ]] || { print -u2 "manual: zsh offers $option after '$*': $found"; faults+=1 }
}

for file in $manual/zsh/_*; do
    zsh -n $file || { print -u2 "manual: zsh does not parse $file"; faults+=1 }
done
offers YES '--bus=' revenant ''
offers NO '--kind=' revenant ''
offers YES '--kind=' revenant new ''
offers YES '--kind=' revenant --bus loopback bench ''
offers NO '--kind=' revenant unlock ''
offers YES '--passphrase-fd=' revenant unlock ''
offers NO '--passphrase-fd=' revenant list ''
offers YES '--listen-port=' revenant serve ''
offers NO '--listen-port=' revenant list ''
offers YES '--full[' revenant status ''
offers NO '--full[' revenant list ''
offers YES '--with-passphrase[' revenant set-level key 7 ''
offers YES '--udc=' revenant-registrar ''
offers YES '--forget-on-crash[' revenant-gadget ''
offers YES '--config=' revenant-liveness ''
(( faults == 0 ))
