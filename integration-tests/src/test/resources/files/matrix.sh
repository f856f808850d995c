# Sourced by a shell in the app. Each kind of program reads the Secret, lists a directory of 500 files, writes where that is allowed and tries
# to write where it is not; a line for each says how it went: KIND ACTION ok, or what was wrong.
secret=/etc/shop-secret/DATABASE_PASSWORD
words=/tmp/words
echo 'words of the app' >$words

# kind, then a command for each action; WHERE stands for the file to be written.
kind() {
    kind=$1
    found=$(eval "$2" 2>/tmp/error | tail -n 1)
    [ "$found" = "$DATABASE_PASSWORD" ] && echo "$kind reads ok" || echo "$kind reads $(cat /tmp/error)"
    found=$(eval "$3" 2>/tmp/error | tail -n 1)
    [ "$found" -eq 500 ] && echo "$kind lists ok" || echo "$kind lists $found $(cat /tmp/error)"
    WHERE=/data/matrix/$kind
    eval "$4" >/dev/null 2>/tmp/error && [ -s "$WHERE" ] && echo "$kind writes ok" || echo "$kind writes $(cat /tmp/error)"
    WHERE=/etc/shop-secret/$kind
    if eval "$4" >/dev/null 2>/tmp/error; then
        echo "$kind is not refused"
    elif grep -qiE 'read-only file system|EROFS|unable to open' /tmp/error; then
        echo "$kind refused ok"
    else
        echo "$kind refused $(cat /tmp/error)"
    fi
}
