-- wrk asks for the paths of the file that WRK_PATHS names, one after another, from the beginning again.
local paths, at = {}, 0
for line in io.lines(os.getenv("WRK_PATHS")) do paths[#paths + 1] = line end

function request()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
