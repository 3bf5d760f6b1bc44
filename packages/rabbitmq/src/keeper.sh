# Runs a broker and its port mapper for as long as somebody holds the other end of our standard input. However that
# process ends, the operating system closes the pipe, and nothing stays behind.
#
# $1  the broker's folder
# $2  the server's script
# $3  the port mapper, and $4 its port
# $5  `throwaway`: end at once and remove the folder; `durable`: ask the server to stop, and keep the folder
folder=$1 server=$2 epmd=$3 port=$4 life=$5
exec 3<&0 </dev/null

"$epmd" -port "$port" -address 127.0.0.1 3<&- &
mapper=$!
echo "$mapper" >"$folder/epmd.pid"
"$server" 3<&- &
broker=$!

end() {
  if [ "$life" = durable ]; then
    kill -TERM "$broker" 2>/dev/null
    waited=0
    while kill -0 "$broker" 2>/dev/null && [ "$waited" -lt 300 ]; do
      sleep 0.1
      waited=$((waited + 1))
    done
  fi
  kill -KILL "$broker" 2>/dev/null
}
(
  read -r _ <&3
  # Nobody wants to start this broker again.
  if [ "$life" = throwaway ]; then : >"$folder/over"; fi
  end
) &
watcher=$!
exec 3<&-

wait "$broker"
kill -KILL "$mapper" "$watcher" 2>/dev/null
rm -f "$folder/epmd.pid" "$folder/pid"
if [ -e "$folder/over" ]; then rm -rf "$folder"; fi
exit 0
