#include "c2c/label.h"

#include <stdbool.h>
#include <string.h>

/* English and Chinese (zh-Hans), as in proto/records. */
static const char *const words[][2] = {
    /* Offices. */
    {"Contact", "联系岗位"},
    {"Channels", "联系渠道"},
    {"Languages", "语言"},
    {"Must go through", "须先经过"},
    {"Office hours", "办公时间"},
    {"Address", "地址"},
    {"Confirmed", "确认日期"},
    {"Reference", "引用"},
    {"Named for this purpose: ", "此用途的负责部门："},
    {"Named for this topic: ", "此主题的负责部门："},
    {"by the city itself", "由城市自行确认"},
    {"STALE: ask before you rely on it", "已过期：使用前请先核实"},
    /* Who decides, what follows. */
    {"Who decides", "由谁决策"},
    {"Procedure", "程序"},
    {"Procedure: ", "程序："},
    {"Letters in", "来函语言"},
    {"has not published", "尚未公布"},
    {"who decides", "由谁决策"},
    {"a procedure", "程序"},
    {"a procedure for this", "这方面的程序"},
    {"papers: ", "文件："},
    {"approval: ", "批准："},
    {"day", "天"},
    {"days", "天"},
    /* Heads of the columns that every list of records has. */
    {"REF", "引用"},
    {"CONFIRMED", "确认日期"},
    /* One record. */
    {"public", "公开"},
    {"network", "网络内"},
    {"revision", "修订"},
    {"signature checked", "签名已核验"},
    {"NOT VERIFIED", "未通过核验"},
    {"signed by", "签署者"},
    {"on", "于"},
    {"admitted by", "接纳者"},
    {"confirmed on", "确认于"},
    {"stale: ask before you rely on it", "已过期：使用前请先核实"},
    {"a draft on this node, not published", "本节点上的草稿，未发布"},
};

/* As c2c_lang_pick() has it, any Chinese is served with what there is. */
static bool is_chinese(struct c2c_view lang)
{
    return lang.n >= 2 && (lang.p[0] | 0x20) == 'z' &&
           (lang.p[1] | 0x20) == 'h' && (lang.n == 2 || lang.p[2] == '-');
}

struct c2c_view c2c_label(const char *english, struct c2c_view lang)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i][0], english) == 0 && is_chinese(lang)) {
            return c2c_view_str(words[i][1]);
        }
    }
    return c2c_view_str(english);
}
