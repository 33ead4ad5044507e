ALTER TABLE whodid.contents DELETE WHERE tenant = {tenant:String}
         AND ref BETWEEN unhex({first:String}) AND unhex({last:String})
