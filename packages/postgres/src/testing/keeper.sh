# Ends the shared cluster for tests when nobody uses it any more. It outlives the test process that started it, which
# is why it is a script: a test binary cannot stay behind.
#
# $1  the folder of the shared cluster; below it `users` holds one file per test process, named by its number
# $2  the process number of the server
# $3  after how many idle seconds to end
# $4… further folders to remove with it (data and socket, when they had to live elsewhere)
base=$1
server=$2
limit=$3
shift 3

# Is one of the processes alive whose numbers are the names of the files in this folder?
anybody() {
  for user in "$1"/*; do
    [ -e "$user" ] || continue
    kill -0 "${user##*/}" 2>/dev/null && return 0
    rm -f "$user"
  done
  return 1
}

idle=0
while kill -0 "$server" 2>/dev/null; do
  if anybody "$base/users"; then idle=0; else idle=$((idle + 1)); fi
  if [ "$idle" -ge "$limit" ]; then
    # From here on nobody can sign in. Whoever did so in the last instant is seen now.
    mv "$base/users" "$base/closed" || exit 1
    anybody "$base/closed" || break
    mv "$base/closed" "$base/users"
    idle=0
  fi
  sleep 1
done

kill -QUIT "$server" 2>/dev/null
waited=0
while kill -0 "$server" 2>/dev/null && [ "$waited" -lt 10 ]; do
  sleep 1
  waited=$((waited + 1))
done
rm -rf "$@"
# One rename, so that the folder is there as a whole or not at all: the next test may make a new one right after.
mv "$base" "$base.gone.$$" && rm -rf "$base.gone.$$"
